package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A causal convolution of every channel by itself, and SiLU.
 *
 * @param weight [channels, taps] as numbers in a row, oldest input first
 * @param taps inputs that an output depends on, its own token's included
 * @param scales what inputs are multiplied by; channels beyond them are left alone
 */
public record Convolution(VectorRef weight, @Nullable VectorRef bias, int channels, int taps, List<Scale> scales) {

    /** The next {@code channels} are multiplied by {@code factor}. */
    public record Scale(int channels, float factor) {}

    public Convolution {
        scales = List.copyOf(scales);
    }

    public Convolution(VectorRef weight, @Nullable VectorRef bias, int channels, int taps) {
        this(weight, bias, channels, taps, List.of());
    }

    public Convolution withScales(List<Scale> other) {
        return new Convolution(weight, bias, channels, taps, other);
    }

    List<VectorRef> vectors() {
        VectorRef added = bias;
        return added == null ? List.of(weight) : List.of(weight, added);
    }
}
