package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Attention}. K and V are written to the cache and read back from it, also inside one span. */
final class ComputedAttention implements ComputedMixer {

    private final Kernels kernels;
    private final KvPlace place;
    private final @Nullable RotaryAngles angles;
    private final HeadLayout layout;
    private final float clip;
    private final AttentionShape shape;
    private final MemorySegment query;
    private final MemorySegment key;
    private final MemorySegment value;
    private final MemorySegment mixed;
    private final @Nullable MemorySegment gate;
    private final SharedInput inputs;
    private final SharedInput output;
    private final @Nullable BoundNorm queryNorm;
    private final @Nullable BoundNorm keyNorm;
    private final @Nullable ActivationTap tap;

    /** {@code out}: fp32 [tokens, hidden]. */
    ComputedAttention(Attention attention, Attention.Direct maps, KvPlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.place = place;
        this.angles = binding.rotary().of(attention.rotary());
        this.layout = attention.layout();
        this.clip = maps.clip();
        this.shape = shape(attention, place, binding);
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(attention));
        this.query = parts[0];
        this.mixed = parts[1];
        this.key = parts[2];
        this.value = parts[3];
        this.gate = maps.gate() == null ? null : parts[4];
        this.inputs = inputs(maps, binding);
        this.output = binding.sharing(List.of(maps.output()), List.of(out));
        Attention.HeadNorms norms = attention.headNorms();
        this.queryNorm = norms == null ? null : binding.norm(norms.query());
        this.keyNorm = norms == null ? null : binding.norm(norms.key());
        this.tap = binding.tap();
    }

    static AttentionShape shape(Attention attention, KvPlace place, Binding binding) {
        Attention.Scores scores = attention.scores();
        VectorRef sinks = scores.sinks();
        return new AttentionShape(
                attention.layout().heads(),
                scores.scale(),
                scores.softCap(),
                place.above() && attention.window() > 0 ? attention.window() - 1 : attention.window(),
                sinks == null ? null : binding.weights().vector(sinks));
    }

    private SharedInput inputs(Attention.Direct maps, Binding binding) {
        List<Linear> linears = new ArrayList<>(List.of(maps.query()));
        List<MemorySegment> outs = new ArrayList<>(List.of(query));
        Linear gating = maps.gate();
        if (gating != null) {
            linears.add(gating);
            outs.add(Objects.requireNonNull(gate));
        }
        if (place.ownsKeys()) {
            linears.add(Objects.requireNonNull(maps.key()));
            outs.add(key);
        }
        if (place.ownsValues()) {
            linears.add(Objects.requireNonNull(maps.value()));
            outs.add(value);
        }
        return binding.sharing(linears, outs);
    }

    @Override
    public void run(StepBatch step, MemorySegment input) {
        int tokens = step.tokens();
        RaggedBatch batch = step.batch(place.kind());
        KvLayer cache = place.layer();
        inputs.multiply(input, tokens);
        turn(query, layout.heads(), queryNorm, step);
        if (place.ownsKeys()) {
            turn(key, layout.kvHeads(), keyNorm, step);
        }
        if (place.ownsValues()) {
            clip(value, layout.valueWidth(), tokens);
        }
        if (place.ownsKeys() || place.ownsValues()) {
            kernels.writeKv(cache, batch, place.ownsKeys() ? key : null, place.ownsValues() ? value : null);
            show(tokens);
        }
        attend(step, cache, batch);
        MemorySegment shares = gate;
        if (shares != null) {
            kernels.activate(Activation.SIGMOID, shares, mixed, (long) tokens * layout.mixedWidth(), mixed);
        }
        output.multiply(mixed, tokens);
    }

    private void show(int tokens) {
        ActivationTap shown = tap;
        if (shown != null) {
            shown.keysAndValues(
                    place.attention(),
                    place.ownsKeys() ? new ActivationTap.Rows(key, tokens, layout.keyWidth()) : null,
                    place.ownsValues() ? new ActivationTap.Rows(value, tokens, layout.valueWidth()) : null);
        }
    }

    private void attend(StepBatch step, KvLayer cache, RaggedBatch batch) {
        if (place.above()) {
            kernels.attention(cache, step.batchBefore(place.kind()), shape, query, mixed);
            step.clearStarts(mixed, layout.mixedWidth());
        } else {
            kernels.attention(cache, batch, shape, query, mixed);
        }
    }

    private void clip(MemorySegment values, int width, int tokens) {
        if (clip > 0) {
            kernels.clip(values, clip, (long) tokens * width);
        }
    }

    /** Normalises heads, each or all together, clips them, and turns each to its position. */
    private void turn(MemorySegment heads, int count, @Nullable BoundNorm norm, StepBatch step) {
        int tokens = step.tokens();
        if (norm != null) {
            norm.apply(heads, tokens * (count * layout.headDim() / norm.width()), heads);
        }
        clip(heads, count * layout.headDim(), tokens);
        RotaryAngles turned = angles;
        if (turned != null) {
            kernels.rotary(heads, turned.table(), turned.rowsOf(step), tokens, count, layout.headDim());
        }
    }
}
