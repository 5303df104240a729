package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A causal convolution of every channel by itself, and SiLU.
 *
 * @param weight [channels, taps] as numbers in a row, oldest input first
 * @param taps inputs that an output depends on, its own token's included
 */
public record Convolution(VectorRef weight, @Nullable VectorRef bias, int channels, int taps) {

    List<VectorRef> vectors() {
        VectorRef added = bias;
        return added == null ? List.of(weight) : List.of(weight, added);
    }
}
