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
    private final HeadLayout layout;
    private final AttentionShape shape;
    private final MemorySegment query;
    private final MemorySegment key;
    private final MemorySegment value;
    private final MemorySegment mixed;
    private final @Nullable MemorySegment gate;
    private final SharedInput inputs;
    private final SharedInput output;
    private final TurnedHeads queries;
    private final KvWriter writer;
    private final @Nullable ActivationTap tap;

    /** {@code out}: fp32 [tokens, hidden]. */
    ComputedAttention(Attention attention, Attention.Direct maps, KvPlace place, Binding binding, MemorySegment out) {
        this.kernels = binding.kernels();
        this.place = place;
        this.layout = attention.layout();
        this.shape = shape(attention, place, binding);
        MemorySegment[] parts = binding.work().cut(InnerWidths.of(attention));
        this.query = parts[0];
        this.mixed = parts[1];
        this.key = parts[2];
        this.value = parts[3];
        this.gate = maps.gate() == null ? null : parts[4];
        this.inputs = inputs(maps, binding);
        this.output = binding.sharing(List.of(maps.output()), List.of(out));
        this.queries = TurnedHeads.queries(attention, maps, binding);
        this.writer = new KvWriter(attention, maps, place, binding);
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
        showProjected(tokens);
        queries.turn(query, step);
        if (place.ownsKeys() || place.ownsValues()) {
            writer.write(step, key, value);
            show(tokens);
        }
        attend(step, cache, batch);
        MemorySegment shares = gate;
        if (shares != null) {
            kernels.activate(Activation.SIGMOID, shares, mixed, (long) tokens * layout.mixedWidth(), mixed);
        }
        output.multiply(mixed, tokens);
    }

    private void showProjected(int tokens) {
        ActivationTap shown = tap;
        if (shown != null && (place.ownsKeys() || place.ownsValues())) {
            shown.projectedKeysAndValues(place.attention(), keys(tokens), values(tokens));
        }
    }

    private void show(int tokens) {
        ActivationTap shown = tap;
        if (shown != null) {
            shown.keysAndValues(place.attention(), keys(tokens), values(tokens));
        }
    }

    private ActivationTap.@Nullable Rows keys(int tokens) {
        return place.ownsKeys() ? new ActivationTap.Rows(key, tokens, layout.keyWidth()) : null;
    }

    private ActivationTap.@Nullable Rows values(int tokens) {
        return place.ownsValues() ? new ActivationTap.Rows(value, tokens, layout.valueWidth()) : null;
    }

    private void attend(StepBatch step, KvLayer cache, RaggedBatch batch) {
        if (place.above()) {
            kernels.attention(cache, step.batchBefore(place.kind()), shape, query, mixed);
            step.clearStarts(mixed, layout.mixedWidth());
        } else {
            kernels.attention(cache, batch, shape, query, mixed);
        }
    }
}
