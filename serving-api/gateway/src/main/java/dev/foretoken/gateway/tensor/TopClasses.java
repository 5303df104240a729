package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.contract.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The protocol's extension {@code classification}: instead of an output its highest scores, best first, each the string {@code score:index} or,
 * where the model's classes have names, {@code score:index:label}. Of a model with a batch axis those of each row, {@code [rows, k]}, else those
 * of the whole output, {@code [k]}. (Triton Inference Server, protocol/extension_classification.md)
 */
final class TopClasses {

    /** What may be asked of one row. */
    static final int MOST = 1000;

    private static final int MOST_STRINGS = 1 << 20;

    private record Scored(double score, int index) {}

    /** The least first; of equal ones the later is the lesser, and what is no number is less than every number. */
    private static final Comparator<Scored> ORDER = Comparator.comparingDouble(
                    (Scored each) -> Double.isNaN(each.score()) ? Double.NEGATIVE_INFINITY : each.score())
            .thenComparing(each -> !Double.isNaN(each.score()))
            .thenComparing(Scored::index, Comparator.reverseOrder());

    private final Tensor output;
    private final List<String> labels;
    private final List<MemorySegment> strings = new ArrayList<>();

    private TopClasses(Tensor output, List<String> labels) {
        this.output = output;
        this.labels = labels;
    }

    /**
     * Before anything is run, as far as the signature tells; {@link #of} refuses the rest. Names that the model lacks are for its engine to refuse.
     *
     * @throws ForetokenException INVALID_REQUEST for an output that has no scores, PAYLOAD_TOO_LARGE
     */
    static void check(InferOrder call, TensorSignature signature) {
        for (RequestedOutput asked : call.outputs()) {
            if (asked.classes() > 0) {
                signature.output(asked.name()).ifPresent(output -> {
                    requireScores(output.name(), output.type());
                    requireFew(output.name(), rows(call, output, signature), kept(output, asked.classes()));
                });
            }
        }
    }

    /** Those of the inputs, which a batch axis has in every tensor. */
    private static long rows(InferOrder call, TensorSpec output, TensorSignature signature) {
        if (signature.batchAxis() != 0 || output.shape().isEmpty()) {
            return 1;
        }
        long declared = output.shape().getFirst();
        return declared >= 0
                ? declared
                : call.inputs().stream()
                        .filter(input -> !input.shape().isEmpty())
                        .mapToLong(input -> input.shape().getFirst())
                        .findFirst()
                        .orElse(1);
    }

    /** Of a row: 1 at least of those whose number only the run tells. */
    private static long kept(TensorSpec output, int count) {
        long width = 1;
        for (long size : output.shape()
                .subList(Math.min(1, output.shape().size()), output.shape().size())) {
            width = TensorSize.product(width, Math.max(size, 1));
        }
        return Math.min(count, width);
    }

    /**
     * @param count of each row; all scores where there are fewer
     * @throws ForetokenException INVALID_REQUEST for an output that has no scores, PAYLOAD_TOO_LARGE
     */
    static Tensor of(Tensor output, int count, TensorSignature signature) {
        return new TopClasses(output, signature.labels()).top(count, signature.batchAxis() == 0);
    }

    private Tensor top(int count, boolean batched) {
        requireScores(output.name(), output.type());
        boolean byRow = batched && !output.shape().isEmpty();
        long rows = byRow ? output.shape().getFirst() : 1;
        long elements = output.data().byteSize() / output.type().bytes();
        long width = rows == 0 ? 0 : elements / rows;
        long kept = Math.min(count, width);
        requireFew(output.name(), rows, kept);
        ElementReader scores = new ElementReader(output);
        for (long row = 0; row < rows; row++) {
            row(scores, width, (int) kept);
        }
        return new Tensor(
                output.name(),
                ElementType.BYTES,
                byRow ? List.of(rows, kept) : List.of(kept),
                BytesElements.join(strings));
    }

    private void row(ElementReader scores, long width, int kept) {
        PriorityQueue<Scored> best = new PriorityQueue<>(ORDER);
        for (int i = 0; i < width; i++) {
            best.add(new Scored(score(scores), i));
            if (best.size() > kept) {
                best.remove();
            }
        }
        List<MemorySegment> leastFirst = new ArrayList<>();
        while (!best.isEmpty()) {
            leastFirst.add(MemorySegment.ofArray(text(best.remove()).getBytes(StandardCharsets.UTF_8)));
        }
        strings.addAll(leastFirst.reversed());
    }

    private double score(ElementReader scores) {
        return switch (output.type()) {
            case FP64 -> scores.real64();
            case FP16, BF16, FP32 -> scores.real();
            case UINT8, UINT16, UINT32, INT8, INT16, INT32 -> scores.integer();
            case BOOL, UINT64, INT64, BYTES -> throw new IllegalStateException("no scores in " + output.type());
        };
    }

    private String text(Scored scored) {
        String score = switch (output.type()) {
            case FP64 -> Double.toString(scored.score());
            case FP16, BF16, FP32 -> Float.toString((float) scored.score());
            case UINT8, UINT16, UINT32, INT8, INT16, INT32 -> Long.toString((long) scored.score());
            case BOOL, UINT64, INT64, BYTES -> throw new IllegalStateException("no scores in " + output.type());
        };
        String label = scored.index() < labels.size() ? ":" + labels.get(scored.index()) : "";
        return score + ":" + scored.index() + label;
    }

    private static void requireScores(String output, ElementType type) {
        switch (type) {
            case FP16, BF16, FP32, FP64, UINT8, UINT16, UINT32, INT8, INT16, INT32 -> {}
            case BOOL, UINT64, INT64, BYTES ->
                throw ForetokenException.invalid(
                        output,
                        "output '" + output + "' is " + type
                                + ", classification ranks floating-point numbers and integers of up to 32 bits;"
                                + " ask for it without classification");
        }
    }

    private static void requireFew(String output, long rows, long kept) {
        if (TensorSize.product(rows, kept) > MOST_STRINGS) {
            throw new ForetokenException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "output '%s' has %d rows, of which %d classes each are asked for; at most %d strings are made"
                                    .formatted(output, rows, kept, MOST_STRINGS))
                    .withParam(output);
        }
    }

    /** @throws ForetokenException INVALID_REQUEST for what is no number of classes */
    static int count(Object parameter) {
        if (!(parameter instanceof Long count) || count < 1 || count > MOST) {
            throw ForetokenException.invalid(
                    RequestedOutput.CLASSIFICATION,
                    RequestedOutput.CLASSIFICATION + "=" + parameter
                            + ", must be how many of the highest scores to answer, 1 to " + MOST);
        }
        return count.intValue();
    }
}
