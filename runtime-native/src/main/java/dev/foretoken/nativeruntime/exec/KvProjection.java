package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** The end of a pass that is run for its keys and values alone: of its last attention nothing but these is made. */
final class KvProjection {

    private final Residual residual;
    private final HeadLayout layout;
    private final int attention;
    private final MemorySegment key;
    private final MemorySegment value;
    private final SharedInput inputs;
    private final ActivationTap tap;

    /** {@code sublayer}: has one mixer, an attention that owns its K and V; {@code attention}: its index. */
    KvProjection(Sublayer sublayer, int attention, Binding binding) {
        Attention last = (Attention) sublayer.mixers().getFirst();
        Attention.Direct maps = last.direct();
        this.residual = binding.residual(sublayer);
        this.layout = last.layout();
        this.attention = attention;
        MemorySegment[] parts = binding.work().cut(layout.keyWidth(), layout.valueWidth());
        this.key = parts[0];
        this.value = parts[1];
        this.inputs = binding.sharing(
                List.of(Objects.requireNonNull(maps.key()), Objects.requireNonNull(maps.value())), List.of(key, value));
        this.tap = Objects.requireNonNull(binding.tap());
    }

    void run(StepBatch step) {
        int tokens = step.tokens();
        inputs.multiply(residual.read(tokens), tokens);
        tap.projectedKeysAndValues(
                attention,
                new ActivationTap.Rows(key, tokens, layout.keyWidth()),
                new ActivationTap.Rows(value, tokens, layout.valueWidth()));
    }
}
