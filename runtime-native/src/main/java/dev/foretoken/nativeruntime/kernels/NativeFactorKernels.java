package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The same in C, on the workers of {@link NativeKernels}. */
final class NativeFactorKernels implements FactorKernels {

    private final NativeContext context;

    NativeFactorKernels(NativeContext context) {
        this.context = context;
    }

    @Override
    public void gatherTerms(
            SparseRows weights, MemorySegment x, int tokens, @Nullable MemorySegment bias, MemorySegment out) {
        FactorArguments.gatherTerms(weights, x, tokens, bias, out);
        context.block()
                .pointer(x)
                .pointer(weights.values())
                .pointer(weights.places())
                .pointer(bias)
                .number(weights.rows())
                .number(weights.terms())
                .number(weights.width())
                .number(tokens)
                .pointer(out);
        context.call(NativeFunction.GATHER_TERMS);
    }

    @Override
    public void affine(
            MemorySegment x, MemorySegment weight, MemorySegment bias, int rows, int width, MemorySegment out) {
        FactorArguments.affine(x, weight, bias, rows, width, out);
        context.block()
                .pointer(x)
                .pointer(weight)
                .pointer(bias)
                .number(rows)
                .number(width)
                .pointer(out);
        context.call(NativeFunction.AFFINE);
    }
}
