package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.DeltaNet;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.Mamba2;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Binds the mixers of a plan, asked for in the plan's order, since caches belong to the attention, or the recurrent mixer, of a number. */
final class MixerBinder {

    private final CacheLayout layout;
    private final Binding binding;
    private final Supplier<PartCaches> caches;
    private final List<ExpertLoad> expertLoads = new ArrayList<>();
    private int attentions;
    private int recurrents;

    /** {@code caches}: asked while a step runs. */
    MixerBinder(CacheLayout layout, Binding binding, Supplier<PartCaches> caches) {
        this.layout = layout;
        this.binding = binding;
        this.caches = caches;
    }

    Binding binding() {
        return binding;
    }

    /** {@code out}: fp32 [tokens, hidden], what the mixer writes. */
    ComputedMixer next(Mixer mixer, MemorySegment out) {
        return switch (mixer) {
            case Attention attention -> {
                int index = attentions++;
                KvPlace place = KvPlace.of(
                        caches, index, attention.source(), layout.kv().kindOf().get(index));
                yield switch (attention.maps()) {
                    case Attention.Direct direct -> new ComputedAttention(attention, direct, place, binding, out);
                    case LatentMaps latent -> new ComputedLatentAttention(attention, latent, place, binding, out);
                };
            }
            case Mlp mlp -> new ComputedMlp(mlp, binding, out);
            case SharedExpert expert -> new ComputedSharedExpert(expert, binding, out);
            case Projection projection -> new ComputedProjection(projection, binding, out);
            case Moe moe -> {
                expertLoads.add(new ExpertLoad(moe.experts().size()));
                yield new ComputedMoe(moe, binding, expertLoads.getLast(), out);
            }
            case Recurrent recurrent -> recurrent(recurrent, new StatePlace(caches, recurrents++), out);
        };
    }

    /** Of the mixtures bound so far, in order. */
    List<ExpertLoad> expertLoads() {
        return List.copyOf(expertLoads);
    }

    private ComputedMixer recurrent(Recurrent mixer, StatePlace place, MemorySegment out) {
        return switch (mixer) {
            case Mamba mamba -> new ComputedMamba(mamba, place, binding, out);
            case Mamba2 mamba2 -> new ComputedMamba2(mamba2, place, binding, out);
            case DeltaNet delta -> new ComputedDeltaNet(delta, place, binding, out);
        };
    }
}
