package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.cache.KvCaches;
import dev.foretoken.nativeruntime.cache.KvLayout;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Binds the mixers of a plan, asked for in the plan's order, since caches belong to the attention of a number. */
final class MixerBinder {

    private final KvLayout layout;
    private final Binding binding;
    private final Supplier<KvCaches> caches;
    private int attentions;

    /** {@code caches}: asked while a step runs. */
    MixerBinder(KvLayout layout, Binding binding, Supplier<KvCaches> caches) {
        this.layout = layout;
        this.binding = binding;
        this.caches = caches;
    }

    /** {@code out}: fp32 [tokens, hidden], what the mixer writes. */
    ComputedMixer next(Mixer mixer, MemorySegment out) {
        return switch (mixer) {
            case Attention attention -> {
                int index = attentions++;
                KvPlace place = new KvPlace(
                        caches,
                        attention.source().keys(),
                        attention.source().isOwn(index),
                        layout.kindOf().get(index));
                yield new ComputedAttention(attention, place, binding, out);
            }
            case Mlp mlp -> new ComputedMlp(mlp, binding, out);
            case Moe moe -> new ComputedMoe(moe, binding, out);
        };
    }
}
