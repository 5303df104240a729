package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;

/** MXFP4 as transformers keeps it: beside the weight's name, {@code _blocks} uint8 [outputs, inputs / 32, 16] and {@code _scales}. */
public record Mxfp4Encoding() implements StoredEncoding {

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        return Mxfp4Rows.locate(
                ref,
                tensors,
                ref.tensor() + "_blocks",
                ref.tensor() + "_scales",
                ref.columns() / Mxfp4Rows.BLOCK,
                Mxfp4Rows.BLOCK / 2);
    }
}
