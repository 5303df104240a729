package dev.foretoken.nativeruntime.recipe;

import java.util.List;

/**
 * New tensors that are computed together.
 *
 * @param label what is being made, for people
 * @param tensors shapes of what {@code numbers} gives, in its order
 * @param numbers computes them; called at most once
 */
public record Making(String label, List<NewTensor> tensors, Numbers numbers) {

    /** A tensor of the recipe's own file. */
    public record NewTensor(String name, List<Long> shape) {
        public NewTensor {
            shape = List.copyOf(shape);
        }
    }

    /** Computes all tensors of a making, each fp32 in row-major order. */
    @FunctionalInterface
    public interface Numbers {
        List<float[]> compute(WeightReader weights);
    }

    public Making {
        tensors = List.copyOf(tensors);
    }
}
