package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.KvCaches;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@link Attention}. K and V are written to the cache and read back from it, also inside one span. */
final class ComputedAttention implements ComputedSublayer {

    /** Norm of single heads with its weight at hand. */
    private record HeadScale(MemorySegment weight, float epsilon) {
        static HeadScale of(Norm norm, PackedWeights weights) {
            return new HeadScale(weights.vector(norm.weight()), norm.epsilon());
        }
    }

    private final Kernels kernels;
    private final Residual residual;
    private final Supplier<KvCaches> caches;
    private final RotaryAngles angles;
    private final HeadLayout layout;
    private final AttentionShape shape;
    private final int owner;
    private final boolean ownKv;
    private final int kind;
    private final MemorySegment query;
    private final MemorySegment key;
    private final MemorySegment value;
    private final MemorySegment mixed;
    private final SharedInput inputs;
    private final SharedInput output;
    private final @Nullable HeadScale queryScale;
    private final @Nullable HeadScale keyScale;

    /** {@code index}: of the attention in the plan; {@code caches}: asked while a step runs. */
    ComputedAttention(Attention attention, int index, int kind, Binding binding, Supplier<KvCaches> caches) {
        this.kernels = binding.kernels();
        this.residual = binding.residual(attention);
        this.caches = caches;
        this.angles = binding.rotary().of(attention.rotary());
        this.layout = attention.layout();
        this.shape = new AttentionShape(layout.heads(), (float) (1 / Math.sqrt(layout.headDim())), attention.window());
        this.owner = attention.source().keys();
        this.ownKv = attention.source().isOwn(index);
        this.kind = kind;
        MemorySegment[] parts =
                binding.work().cut(layout.queryWidth(), layout.queryWidth(), layout.keyWidth(), layout.keyWidth());
        this.query = parts[0];
        this.mixed = parts[1];
        this.key = parts[2];
        this.value = parts[3];
        this.inputs = inputs(attention.maps(), binding);
        this.output = binding.sharing(
                List.of(attention.maps().output()), List.of(binding.work().delta()));
        Attention.HeadNorms norms = attention.headNorms();
        this.queryScale = norms == null ? null : HeadScale.of(norms.query(), binding.weights());
        this.keyScale = norms == null ? null : HeadScale.of(norms.key(), binding.weights());
    }

    private SharedInput inputs(Attention.Maps maps, Binding binding) {
        return ownKv
                ? binding.sharing(List.of(maps.query(), maps.key(), maps.value()), List.of(query, key, value))
                : binding.sharing(List.of(maps.query()), List.of(query));
    }

    @Override
    public void run(StepBatch step) {
        int tokens = step.tokens();
        RaggedBatch batch = step.batch(kind);
        KvLayer cache = caches.get().layer(owner);
        inputs.multiply(residual.read(tokens), tokens);
        place(query, layout.heads(), queryScale, step);
        if (ownKv) {
            place(key, layout.kvHeads(), keyScale, step);
            kernels.writeKv(cache, batch, key, value);
        }
        kernels.attention(cache, batch, shape, query, mixed);
        output.multiply(mixed, tokens);
        residual.add(tokens);
    }

    /** Normalises each head and turns it to its position. */
    private void place(MemorySegment heads, int count, @Nullable HeadScale scale, StepBatch step) {
        int tokens = step.tokens();
        if (scale != null) {
            kernels.rmsNorm(heads, scale.weight(), scale.epsilon(), tokens * count, layout.headDim(), heads);
        }
        kernels.rotary(heads, angles.table(), angles.rowsOf(step), tokens, count, layout.headDim());
    }
}
