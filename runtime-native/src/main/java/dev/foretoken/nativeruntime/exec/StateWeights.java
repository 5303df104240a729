package dev.foretoken.nativeruntime.exec;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.foretoken.nativeruntime.kernels.layout.ConvolutionWeights;
import dev.foretoken.nativeruntime.plan.Convolution;
import dev.foretoken.nativeruntime.plan.Rates;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/** Small weights of recurrent mixers in the form and order that kernels want, made once. */
record StateWeights(PackedWeights weights, LongFunction<MemorySegment> memory) {

    ConvolutionWeights convolution(Convolution convolution) {
        VectorRef bias = convolution.bias();
        return new ConvolutionWeights(
                convolution.channels(),
                convolution.taps(),
                scaled(convolution),
                bias == null ? null : weights.vector(bias),
                true);
    }

    /** fp32 [taps, channels]: scales of inputs are those of their weights. */
    private MemorySegment scaled(Convolution convolution) {
        int channels = convolution.channels();
        MemorySegment made = turned(weights.vector(convolution.weight()), channels, convolution.taps());
        int first = 0;
        for (Convolution.Scale scale : convolution.scales()) {
            for (int tap = 0; tap < convolution.taps(); tap++) {
                for (int i = first; i < first + scale.channels(); i++) {
                    long at = (long) tap * channels + i;
                    made.setAtIndex(JAVA_FLOAT, at, scale.factor() * made.getAtIndex(JAVA_FLOAT, at));
                }
            }
            first += scale.channels();
        }
        return made;
    }

    /** As negative numbers. */
    MemorySegment rates(Rates rates) {
        MemorySegment stored = weights.vector(rates.vector());
        if (!rates.logarithms()) {
            return stored;
        }
        int size = rates.vector().size();
        MemorySegment made = memory.apply((long) size * Float.BYTES);
        for (int i = 0; i < size; i++) {
            made.setAtIndex(JAVA_FLOAT, i, (float) -Math.exp(stored.getAtIndex(JAVA_FLOAT, i)));
        }
        return made;
    }

    /** fp32 [rows, columns] as [columns, rows]. */
    MemorySegment turned(MemorySegment source, int rows, int columns) {
        MemorySegment made = memory.apply((long) rows * columns * Float.BYTES);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float value = source.getAtIndex(JAVA_FLOAT, (long) row * columns + column);
                made.setAtIndex(JAVA_FLOAT, (long) column * rows + row, value);
            }
        }
        return made;
    }
}
