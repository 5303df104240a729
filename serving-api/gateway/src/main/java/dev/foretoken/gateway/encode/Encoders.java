package dev.foretoken.gateway.encode;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.text.TextEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/** Vectors, scores and classes of texts, for every protocol. Any thread may call it. */
public final class Encoders {

    /** More inputs of one length than this gain nothing from one run. */
    private static final int ROWS_PER_RUN = 32;

    private final Inferences inferences;
    private final ThreadFactory threads;
    private final EncodeMetrics metrics;

    /** @param threads for the runs of requests that need several */
    public Encoders(Inferences inferences, ThreadFactory threads, EncodeMetrics metrics) {
        this.inferences = inferences;
        this.threads = threads;
        this.metrics = metrics;
    }

    /**
     * Blocks until every row is there; an interrupt cancels.
     *
     * @throws ForetokenException UNSUPPORTED_FEATURE for a model that is not made for the task, INVALID_REQUEST, CONTEXT_LENGTH_EXCEEDED,
     *     MODEL_UNSUPPORTED for one that cannot be fed with texts; what {@link Inferences#infer} throws
     */
    public EncodedRows encode(ServedModel model, EncodeOrder order) throws InterruptedException {
        model.require(order.task());
        TensorSignature signature = inferences.signature(model);
        EncoderLayout layout = EncoderLayout.of(model.publicName(), signature);
        EncoderTexts texts = new EncoderTexts(model, layout.longest(), order.truncation());
        List<TextEncoding> encoded = new ArrayList<>();
        for (EncoderInput input : order.inputs()) {
            String place = order.inputs().size() == 1 ? order.field() : order.field() + "[" + encoded.size() + "]";
            encoded.add(texts.encode(input, place));
        }
        float[][] rows = new float[encoded.size()][];
        new EncoderRuns(threads)
                .each(
                        EncoderRun.of(encoded, layout.rows(ROWS_PER_RUN)),
                        run -> compute(model, order, layout, encoded, run, rows));
        long tokens = encoded.stream().mapToLong(TextEncoding::size).sum();
        metrics.encoded(model.name(), order.task(), rows.length, tokens);
        return new EncodedRows(List.of(rows), signature.labels(), tokens);
    }

    private void compute(
            ServedModel model,
            EncodeOrder order,
            EncoderLayout layout,
            List<TextEncoding> texts,
            EncoderRun run,
            float[][] rows) {
        List<TextEncoding> own = new ArrayList<>();
        for (int place : run.places()) {
            own.add(texts.get(place));
        }
        Tensor output = inferences
                .infer(
                        model,
                        new TensorRequest(
                                model.engineModel(),
                                order.identity(),
                                order.service(),
                                layout.tensors(own, inferences.limits()),
                                List.of(output(order.task())),
                                Optional.empty()),
                        own.stream().mapToInt(TextEncoding::size).sum(),
                        order.told())
                .outputs()
                .getFirst();
        List<float[]> made = OutputRows.of(output, own.size());
        for (int i = 0; i < made.size(); i++) {
            rows[run.places()[i]] = made.get(i);
        }
    }

    /** What a runtime calls the output that a task is answered with. */
    private static String output(ModelTask task) {
        return switch (task) {
            case EMBED -> "sentence_embedding";
            case RERANK -> "score";
            case CLASSIFY -> "logits";
            case GENERATE, TENSOR -> throw new IllegalArgumentException(task + " is no task of encoders");
        };
    }
}
