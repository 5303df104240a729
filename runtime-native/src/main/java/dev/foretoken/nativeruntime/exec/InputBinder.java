package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.JoinedRows;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what is computed of one input: every product that reads the input itself is in one call. */
final class InputBinder {

    private final Binding binding;
    private final Map<Optional<InputOrder>, List<Product>> products = new LinkedHashMap<>();
    private final List<SharedInput.Rest> rests = new ArrayList<>();
    private final List<SharedInput.Addition> additions = new ArrayList<>();
    private final List<SharedInput.Scale> scales = new ArrayList<>();
    private long between;

    InputBinder(Binding binding) {
        this.binding = binding;
    }

    /** {@code out}: fp32 [tokens, outputs]. */
    void add(Linear linear, MemorySegment out) {
        multiply(linear, out);
        LowRank added = linear.addition();
        if (added != null) {
            additions.add(addition(added, out));
        }
        if (linear.scale() != 1) {
            scales.add(new SharedInput.Scale(out, linear.outputs(), linear.scale()));
        }
    }

    private void multiply(Linear linear, MemorySegment out) {
        MemorySegment bias = binding.bias(linear);
        switch (linear.weight()) {
            case Matrix matrix -> product(matrix, bias, out, matrix.rows());
            case JoinedRows joined -> joined(joined, bias, out);
            case LowRank pair -> {
                MemorySegment low = between(pair.rank());
                product(pair.down(), null, low, pair.rank());
                InputBinder up = new InputBinder(binding);
                up.product(pair.up(), bias, out, pair.rows());
                rests.add(new SharedInput.Lifted(low, up.bound(null)));
            }
            case SparseProduct product -> {
                MemorySegment low = between(product.between());
                product(product.basis(), null, low, product.between());
                rests.add(new SharedInput.Gathered(low, binding.weights().sparse(product), bias, out));
            }
        }
    }

    private void product(Matrix matrix, @Nullable MemorySegment bias, MemorySegment out, int stride) {
        products.computeIfAbsent(binding.weights().order(matrix), order -> new ArrayList<>())
                .add(new Product(binding.weights().matrix(matrix), bias, out, stride));
    }

    private void joined(JoinedRows joined, @Nullable MemorySegment bias, MemorySegment out) {
        long first = 0;
        for (MatrixRef part : joined.parts()) {
            long bytes = first * Float.BYTES;
            product(part, bias == null ? null : bias.asSlice(bytes), out.asSlice(bytes), joined.rows());
            first += part.rows();
        }
    }

    /** fp32 [tokens, width], apart from the others of this input. */
    private MemorySegment between(int width) {
        long start = between * binding.work().tokens() * Float.BYTES;
        between += width;
        return binding.work().sides().lifted().asSlice(start);
    }

    private SharedInput.Addition addition(LowRank added, MemorySegment out) {
        int width = added.up().rows();
        MemorySegment lifted = binding.work().sides().lifted();
        MemorySegment low = lifted.asSlice((long) binding.work().tokens() * width * Float.BYTES);
        return new SharedInput.Addition(
                binding.sharing(List.of(new Linear(added.down(), null)), List.of(low)),
                low,
                binding.sharing(List.of(new Linear(added.up(), null)), List.of(lifted)),
                lifted,
                out,
                width);
    }

    /** {@code follower}: what else becomes of the input, or null. */
    SharedInput bound(@Nullable InputFollower follower) {
        List<SharedInput.Part> parts = new ArrayList<>();
        products.forEach((order, list) -> parts.add(new SharedInput.Part(order.orElse(null), list)));
        return new SharedInput(
                binding.kernels(),
                parts,
                rests,
                additions,
                scales,
                binding.work().ordered(),
                follower);
    }
}
