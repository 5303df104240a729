package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products over one input. For matrices that have their inputs in an order of their own, the input is put into it first, once for each order. */
final class SharedInput {

    /** Products that want the input in one order; null: as it is. */
    record Part(@Nullable InputOrder order, List<Product> products) {
        Part {
            products = List.copyOf(products);
        }
    }

    /** {@code out}: [tokens, width], multiplied by {@code factor} after the products. */
    record Scale(MemorySegment out, int width, float factor) {}

    private final Kernels kernels;
    private final List<Part> parts;
    private final List<Scale> scales;
    private final MemorySegment ordered;

    /** {@code ordered}: fp32, room for the tokens of a step. */
    SharedInput(Kernels kernels, List<Part> parts, List<Scale> scales, MemorySegment ordered) {
        this.kernels = kernels;
        this.parts = List.copyOf(parts);
        this.scales = List.copyOf(scales);
        this.ordered = ordered;
    }

    /** {@code x}: fp32 [tokens, inputs]. */
    void multiply(MemorySegment x, int tokens) {
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            InputOrder order = part.order();
            if (order == null) {
                kernels.matmul(x, tokens, part.products());
            } else {
                order.apply(x, tokens, ordered);
                kernels.matmul(ordered, tokens, part.products());
            }
        }
        for (int i = 0; i < scales.size(); i++) {
            Scale scale = scales.get(i);
            kernels.rescale(scale.out(), scale.factor(), 0, (long) tokens * scale.width(), scale.out());
        }
    }
}
