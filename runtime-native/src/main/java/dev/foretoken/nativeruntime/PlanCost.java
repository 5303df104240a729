package dev.foretoken.nativeruntime;

import dev.foretoken.contract.runtime.RecipeReport;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.StateLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Coverage;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.WeightSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Counts what a plan asks for, from headers. */
final class PlanCost {

    private PlanCost() {}

    static RecipeReport.Cost of(ModelPlan plan, WeightSource weights) {
        CacheLayout caches = CacheLayout.of(plan, KvType.BF16);
        long block = 0;
        for (int kind = 0; kind < caches.kv().kinds(); kind++) {
            block += caches.spec().unitBytes(kind);
        }
        return new RecipeReport.Cost(
                weightBytes(plan, weights, tensor -> true),
                block / caches.spec().blockTokens(),
                StateLayout.of(plan).slotBytes());
    }

    /** Bytes of what the plan reads of these tensors; what it reads several times counts once. Vectors count in fp32, which they are held in. */
    static long weightBytes(ModelPlan plan, WeightSource weights, Predicate<String> tensors) {
        Map<String, List<MatrixRef>> views = plan.matrices().stream()
                .filter(ref -> tensors.test(ref.tensor()))
                .collect(Collectors.groupingBy(MatrixRef::tensor, LinkedHashMap::new, Collectors.toList()));
        long matrices =
                views.values().stream().mapToLong(all -> bytes(all, weights)).sum();
        long vectors = plan.vectors().stream()
                .filter(ref -> tensors.test(ref.tensor()))
                .mapToLong(VectorRef::size)
                .sum();
        long places = plan.places().stream()
                .filter(ref -> tensors.test(ref.tensor()))
                .mapToLong((PlaceRef ref) -> weights.bytes(ref))
                .sum();
        return matrices + vectors * Float.BYTES + places;
    }

    private static long bytes(List<MatrixRef> views, WeightSource weights) {
        MatrixRef first = views.getFirst();
        double perElement = (double) weights.bytes(first) / first.elements();
        return Math.round(perElement * Coverage.elements(views));
    }
}
