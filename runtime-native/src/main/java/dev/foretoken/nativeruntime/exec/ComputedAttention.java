package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Attention}. K and V are written to the cache and read back from it, also inside one span. */
final class ComputedAttention implements ComputedMixer {

    /** Norm of single heads with its weight at hand. */
    private record HeadScale(MemorySegment weight, float epsilon) {
        static HeadScale of(Norm norm, PackedWeights weights) {
            return new HeadScale(weights.vector(norm.weight()), norm.epsilon());
        }
    }

    private final Kernels kernels;
    private final KvPlace place;
    private final RotaryAngles angles;
    private final HeadLayout layout;
    private final AttentionShape shape;
    private final MemorySegment query;
    private final MemorySegment key;
    private final MemorySegment value;
    private final MemorySegment mixed;
    private final SharedInput inputs;
    private final SharedInput output;
    private final @Nullable HeadScale queryScale;
    private final @Nullable HeadScale keyScale;

    /** {@code out}: fp32 [tokens, hidden]. */
    ComputedAttention(Attention attention, KvPlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.place = place;
        this.angles = binding.rotary().of(attention.rotary());
        this.layout = attention.layout();
        this.shape = new AttentionShape(layout.heads(), (float) (1 / Math.sqrt(layout.headDim())), attention.window());
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(attention));
        this.query = parts[0];
        this.mixed = parts[1];
        this.key = parts[2];
        this.value = parts[3];
        this.inputs = inputs(attention.maps(), binding);
        this.output = binding.sharing(List.of(attention.maps().output()), List.of(out));
        Attention.HeadNorms norms = attention.headNorms();
        this.queryScale = norms == null ? null : HeadScale.of(norms.query(), binding.weights());
        this.keyScale = norms == null ? null : HeadScale.of(norms.key(), binding.weights());
    }

    private SharedInput inputs(Attention.Maps maps, Binding binding) {
        return place.own()
                ? binding.sharing(List.of(maps.query(), maps.key(), maps.value()), List.of(query, key, value))
                : binding.sharing(List.of(maps.query()), List.of(query));
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        RaggedBatch batch = step.batch(place.kind());
        KvLayer cache = place.layer();
        inputs.multiply(input, tokens);
        turn(query, layout.heads(), queryScale, step);
        if (place.own()) {
            turn(key, layout.kvHeads(), keyScale, step);
            kernels.writeKv(cache, batch, key, value);
        }
        kernels.attention(cache, batch, shape, query, mixed);
        output.multiply(mixed, tokens);
    }

    /** Normalises each head and turns it to its position. */
    private void turn(MemorySegment heads, int count, @Nullable HeadScale scale, StepBatch step) {
        int tokens = step.tokens();
        if (scale != null) {
            kernels.rmsNorm(heads, scale.weight(), scale.epsilon(), tokens * count, layout.headDim(), heads);
        }
        kernels.rotary(heads, angles.table(), angles.rowsOf(step), tokens, count, layout.headDim());
    }
}
