package dev.foretoken.gateway.encode;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.gateway.tensor.ElementWriter;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.TensorMemory;
import dev.foretoken.gateway.text.TextEncoding;
import java.util.List;

/**
 * How a graph wants token ids, as transformers exports name it: {@code input_ids}, {@code attention_mask}, {@code token_type_ids}, {@code
 * position_ids}.
 */
record EncoderLayout(TensorSignature signature) {

    private static final String IDS = "input_ids";
    private static final List<String> KNOWN = List.of(IDS, "attention_mask", "token_type_ids", "position_ids");

    /** @throws ForetokenException MODEL_UNSUPPORTED for a graph that wants more than a text gives */
    static EncoderLayout of(String model, TensorSignature signature) {
        for (TensorSpec input : signature.inputs()) {
            boolean fits = KNOWN.contains(input.name())
                    && input.shape().size() == 2
                    && (input.type() == ElementType.INT64 || input.type() == ElementType.INT32);
            if (!fits) {
                throw unsupported(model, "takes " + input.type() + " '" + input.name() + "' " + input.shape());
            }
        }
        if (signature.input(IDS).isEmpty()) {
            throw unsupported(model, "takes no " + IDS);
        }
        return new EncoderLayout(signature);
    }

    private static ForetokenException unsupported(String model, String what) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "model '" + model + "' cannot be fed with texts: it " + what + "; integers [batch, length] named "
                        + KNOWN + " can be given. Send tensors to /v2/models instead");
    }

    /** The one length that it takes; 0 = any. */
    int fixedLength() {
        return (int) Math.max(0, ids().shape().get(1));
    }

    /** The longest that it says it takes; 0 = any. */
    int longest() {
        return fixedLength() > 0
                ? fixedLength()
                : (int) signature.ragged().map(RaggedAxis::most).orElse(0L).longValue();
    }

    /** How many inputs one run takes at most. */
    int rows(int most) {
        long fixed = ids().shape().get(0);
        return fixed > 0 || signature.batchAxis() != 0 ? 1 : most;
    }

    private TensorSpec ids() {
        return signature.input(IDS).orElseThrow();
    }

    /** @param rows of equal length */
    List<Tensor> tensors(List<TextEncoding> rows, TensorLimits limits) {
        TensorMemory memory = new TensorMemory(limits);
        int length = fixedLength() > 0 ? fixedLength() : rows.getFirst().size();
        List<Long> shape = List.of((long) rows.size(), (long) length);
        return signature.inputs().stream()
                .map(input -> tensor(input, rows, new ElementWriter(input.name(), input.type(), shape, memory), length))
                .toList();
    }

    private Tensor tensor(TensorSpec input, List<TextEncoding> rows, ElementWriter out, int length) {
        long padding = signature
                .ragged()
                .map(axis -> axis.padding().getOrDefault(input.name(), 0L))
                .orElse(0L);
        for (TextEncoding row : rows) {
            for (int i = 0; i < length; i++) {
                out.put(i < row.size() ? element(input.name(), row, i) : padding);
            }
        }
        return out.finish();
    }

    private static long element(String input, TextEncoding row, int position) {
        return switch (input) {
            case IDS -> row.id(position);
            case "attention_mask" -> 1;
            case "token_type_ids" -> row.type(position);
            default -> position;
        };
    }
}
