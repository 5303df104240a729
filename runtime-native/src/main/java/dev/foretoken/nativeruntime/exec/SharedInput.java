package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
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

    /** {@code up(down(x))} is added to {@code out}: [tokens, width]. */
    record Addition(
            SharedInput down, MemorySegment low, SharedInput up, MemorySegment lifted, MemorySegment out, int width) {}

    /** The second of two products, of what the first one wrote to {@code low}. */
    sealed interface Rest {}

    record Lifted(MemorySegment low, SharedInput up) implements Rest {}

    record Gathered(
            MemorySegment low, SparseRows terms, @Nullable MemorySegment bias, MemorySegment out) implements Rest {}

    private final Kernels kernels;
    private final List<Part> parts;
    private final List<Rest> rests;
    private final List<Addition> additions;
    private final List<Scale> scales;
    private final MemorySegment ordered;
    private final @Nullable InputFollower follower;

    /** {@code ordered}: fp32, room for the tokens of a step; {@code follower}: called before scales; null: nothing. */
    SharedInput(
            Kernels kernels,
            List<Part> parts,
            List<Rest> rests,
            List<Addition> additions,
            List<Scale> scales,
            MemorySegment ordered,
            @Nullable InputFollower follower) {
        this.kernels = kernels;
        this.parts = List.copyOf(parts);
        this.rests = List.copyOf(rests);
        this.additions = List.copyOf(additions);
        this.scales = List.copyOf(scales);
        this.ordered = ordered;
        this.follower = follower;
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
        for (int i = 0; i < rests.size(); i++) {
            finish(rests.get(i), tokens);
        }
        for (int i = 0; i < additions.size(); i++) {
            add(additions.get(i), x, tokens);
        }
        InputFollower behind = follower;
        if (behind != null) {
            behind.follow(x, tokens);
        }
        for (int i = 0; i < scales.size(); i++) {
            Scale scale = scales.get(i);
            kernels.rescale(scale.out(), scale.factor(), 0, (long) tokens * scale.width(), scale.out());
        }
    }

    private void finish(Rest rest, int tokens) {
        switch (rest) {
            case Lifted lifted -> lifted.up().multiply(lifted.low(), tokens);
            case Gathered gathered ->
                kernels.factors()
                        .gatherTerms(gathered.terms(), gathered.low(), tokens, gathered.bias(), gathered.out());
        }
    }

    private void add(Addition addition, MemorySegment x, int tokens) {
        addition.down().multiply(x, tokens);
        addition.up().multiply(addition.low(), tokens);
        kernels.add(addition.out(), addition.lifted(), (long) tokens * addition.width(), addition.out());
    }
}
