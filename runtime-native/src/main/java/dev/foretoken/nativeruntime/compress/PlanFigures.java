package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Coverage;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a plan costs by itself, counted and not measured.
 *
 * @param blockFlops multiplications and additions of all sublayers for a token, the head not counted
 * @param kvBytes of K and V of a token in BF16
 * @param numbers of all matrices; what several maps read counts once
 */
record PlanFigures(long blockFlops, long kvBytes, long numbers) {

    /** {@code context}: tokens that a token looks back at. */
    static PlanFigures of(ModelPlan plan, int context) {
        long flops =
                plan.mixers().stream().mapToLong(mixer -> flops(mixer, context)).sum();
        CacheLayout caches = CacheLayout.of(plan, KvType.BF16);
        long block = 0;
        for (int kind = 0; kind < caches.kv().kinds(); kind++) {
            block += caches.spec().unitBytes(kind);
        }
        return new PlanFigures(flops, block / caches.spec().blockTokens(), numbers(plan));
    }

    private static long numbers(ModelPlan plan) {
        Map<String, List<MatrixRef>> views = plan.matrices().stream().collect(Collectors.groupingBy(MatrixRef::tensor));
        return views.values().stream().mapToLong(Coverage::elements).sum();
    }

    static long flops(Mixer mixer, int context) {
        long maps = 0;
        for (Linear linear : mixer.linears()) {
            maps += flops(linear.weight());
        }
        return switch (mixer) {
            case Attention attention -> maps + scores(attention, context);
            case Moe moe -> {
                long router = flops(moe.router().weight());
                yield router
                        + (maps - router) / moe.experts().size() * moe.routing().topK();
            }
            case Mlp _, Projection _, Recurrent _, SharedExpert _ -> maps;
        };
    }

    /** Of queries with keys, and of shares with values. */
    private static long scores(Attention attention, int context) {
        HeadLayout layout = attention.layout();
        int seen = attention.window() == 0 ? context : Math.min(context, attention.window());
        return 2L * layout.heads() * (layout.headDim() + layout.valueDim()) * seen;
    }

    private static long flops(Weight weight) {
        int between = weight.between();
        return between == 0 ? 2L * weight.rows() * weight.columns() : 2L * between * (weight.rows() + weight.columns());
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("block_flops_per_token", blockFlops);
        facts.put("kv_bytes_per_token", kvBytes);
        facts.put("matrix_numbers", numbers);
        return facts;
    }
}
