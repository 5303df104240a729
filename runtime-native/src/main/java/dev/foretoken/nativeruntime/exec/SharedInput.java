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

    private final Kernels kernels;
    private final List<Part> parts;
    private final MemorySegment ordered;

    /** {@code ordered}: fp32, room for the tokens of a step. */
    SharedInput(Kernels kernels, List<Part> parts, MemorySegment ordered) {
        this.kernels = kernels;
        this.parts = List.copyOf(parts);
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
    }
}
