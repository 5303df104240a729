package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.List;

/** Bounds what a run may answer: before it, by what the signature tells, and before its outputs are copied. Any thread. */
final class AnswerSize {

    private final TensorSignature signature;
    private final JoinRules rules;
    private final long most;

    AnswerSize(TensorSignature signature, JoinRules rules, long most) {
        this.signature = signature;
        this.rules = rules;
        this.most = most;
    }

    /**
     * Before anything is run. Dimensions that only the run tells count as 1.
     *
     * @throws ForetokenException PAYLOAD_TOO_LARGE
     */
    void check(List<String> outputs, long rows, long length) {
        long bytes = 0;
        for (TensorSpec spec : signature.outputs()) {
            if (outputs.contains(spec.name())) {
                bytes = saturated(bytes, least(spec, rows, length));
            }
        }
        refuseAbove(bytes, "the outputs take at least %d bytes, at most %d are made", "rows or outputs");
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE */
    void check(List<Tensor> outputs) {
        long bytes =
                outputs.stream().mapToLong(output -> output.data().byteSize()).sum();
        refuseAbove(bytes, "the outputs take %d bytes, at most %d are made", "rows or outputs");
    }

    /**
     * Outputs of a run that goes on, and its state.
     *
     * @throws ForetokenException PAYLOAD_TOO_LARGE
     */
    void checkKept(long bytes) {
        refuseAbove(
                bytes,
                "the loop's outputs and state take %d bytes, at most %d are kept",
                "rows, outputs or iterations");
    }

    /** @param sentence with places for both numbers of bytes */
    private void refuseAbove(long bytes, String sentence, String fewer) {
        if (bytes > most) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    sentence.formatted(bytes, most) + " (tensor.max-answer-bytes); ask for fewer " + fewer);
        }
    }

    private long least(TensorSpec spec, long rows, long length) {
        long bytes = spec.type().leastBytes();
        for (int axis = 0; axis < spec.shape().size(); axis++) {
            bytes = TensorSize.product(bytes, size(spec, axis, rows, length));
        }
        return bytes;
    }

    private long size(TensorSpec spec, int axis, long rows, long length) {
        if (spec.shape().get(axis) >= 0) {
            return spec.shape().get(axis);
        }
        if (rules.joins() && axis == rules.batchAxis()) {
            return rows;
        }
        return rules.isTrimmed(spec.name()) && axis == rules.lengthAxis(true) ? length : 1;
    }

    private static long saturated(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
