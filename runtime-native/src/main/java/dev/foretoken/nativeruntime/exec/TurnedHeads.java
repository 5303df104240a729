package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Attention;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What becomes of projected queries or keys: heads are normalised, each or all together, clipped, and each is turned to its position. */
final class TurnedHeads {

    private final Kernels kernels;
    private final @Nullable BoundNorm norm;
    private final @Nullable RotaryAngles angles;
    private final float clip;
    private final int count;
    private final int headDim;

    private TurnedHeads(Attention attention, @Nullable BoundNorm norm, float clip, int count, Binding binding) {
        this.kernels = binding.kernels();
        this.norm = norm;
        this.angles = binding.rotary().of(attention.rotary());
        this.clip = clip;
        this.count = count;
        this.headDim = attention.layout().headDim();
    }

    static TurnedHeads queries(Attention attention, Attention.Direct maps, Binding binding) {
        Attention.HeadNorms norms = attention.headNorms();
        BoundNorm norm = norms == null ? null : binding.norm(norms.query());
        return new TurnedHeads(attention, norm, maps.clip(), attention.layout().heads(), binding);
    }

    static TurnedHeads keys(Attention attention, Attention.Direct maps, Binding binding) {
        Attention.HeadNorms norms = attention.headNorms();
        BoundNorm norm = norms == null ? null : binding.norm(norms.key());
        return new TurnedHeads(attention, norm, maps.clip(), attention.layout().kvHeads(), binding);
    }

    /** Whether nothing but the rotation changes them. */
    boolean areOnlyTurned() {
        return norm == null && clip <= 0;
    }

    /** Null: they are not turned. */
    @Nullable
    RotaryAngles angles() {
        return angles;
    }

    /** {@code heads}: fp32 [tokens of the step, count, headDim], changed in place. */
    void turn(MemorySegment heads, StepBatch step) {
        int tokens = step.tokens();
        BoundNorm normed = norm;
        if (normed != null) {
            normed.apply(heads, tokens * (count * headDim / normed.width()), heads);
        }
        if (clip > 0) {
            kernels.clip(heads, clip, (long) tokens * count * headDim);
        }
        RotaryAngles turned = angles;
        if (turned != null) {
            kernels.rotary(heads, turned.table(), turned.rowsOf(step), tokens, count, headDim);
        }
    }
}
