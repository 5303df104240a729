package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.CodedRows;

/** Blocks made from floats as their rows are read. */
sealed interface QuantizedBlocks extends CodedRows permits EightBitRows, FourBitRows, GroupedFourBitRows {
    FloatRows source();

    @Override
    default int rows() {
        return source().table().rows();
    }

    @Override
    default int columns() {
        return source().table().columns();
    }
}
