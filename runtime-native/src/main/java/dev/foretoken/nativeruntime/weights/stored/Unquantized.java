package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;

/** No {@code quantization_config}: every matrix is floats. */
public record Unquantized() implements StoredEncoding {

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        throw StoredTensors.wrongType(tensors.require(ref.tensor(), ref.rows(), ref.columns()), "F32, F16 and BF16");
    }
}
