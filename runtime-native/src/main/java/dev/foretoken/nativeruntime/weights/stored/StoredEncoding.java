package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;

/**
 * What a checkpoint's {@code quantization_config} says about the matrices that are quantized. Which ones are is seen from their tensors: a
 * matrix that is there as floats is taken as it is.
 */
public sealed interface StoredEncoding
        permits Unquantized, GptqEncoding, AwqEncoding, CompressedTensors, Fp8Encoding, Mxfp4Encoding {

    /**
     * Finds the tensors of a matrix that is not stored as floats.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT or MODEL_UNSUPPORTED, naming the tensor
     */
    LocatedMatrix locate(MatrixRef ref, StoredTensors tensors);

    /** The name that the matrix's tensors begin with: that of its weight without {@code .weight}. */
    static String module(MatrixRef ref) {
        String suffix = ".weight";
        String name = ref.tensor();
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }
}
