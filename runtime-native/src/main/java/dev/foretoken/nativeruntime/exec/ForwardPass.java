package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** From token ids to the hidden vector of every token of the step. */
final class ForwardPass {

    private final Binding binding;
    private final List<ComputedSublayer> sublayers;

    ForwardPass(ModelPlan plan, CacheLayout layout, Binding binding, Supplier<PartCaches> caches) {
        this.binding = binding;
        List<ComputedSublayer> computed = new ArrayList<>();
        MixerBinder mixers = new MixerBinder(layout, binding, caches);
        for (Sublayer sublayer : plan.sublayers()) {
            computed.add(new ComputedSublayer(sublayer, binding, mixers));
        }
        this.sublayers = List.copyOf(computed);
    }

    /** Fills {@link Workspace#hidden}. */
    void run(StepBatch step) {
        binding.rotary().prepare(step);
        binding.kernels()
                .gather(
                        binding.weights().embedding(),
                        step.ids(),
                        step.tokens(),
                        binding.work().hidden());
        StepPlan plan = step.plan();
        for (int row = 0; row < plan.rows(); row++) {
            List<EmbeddingSpan> spans = plan.sequence(row).embeddings();
            for (int i = 0; i < spans.size(); i++) {
                feed(plan, row, spans.get(i));
            }
        }
        for (int i = 0; i < sublayers.size(); i++) {
            sublayers.get(i).run(step);
        }
    }

    /** Puts the vectors of an embedding span where they meet the row's span. */
    private void feed(StepPlan plan, int row, EmbeddingSpan vectors) {
        int first = plan.get(Column.FIRST_POSITION, row);
        int from = Math.max(first, vectors.firstPosition());
        int to = Math.min(first + plan.get(Column.TOKEN_COUNT, row), vectors.firstPosition() + vectors.count());
        if (from < to) {
            long bytes = (long) binding.hidden() * Float.BYTES;
            MemorySegment.copy(
                    vectors.vectors(),
                    (from - vectors.firstPosition()) * bytes,
                    binding.work().hidden(),
                    (plan.get(Column.TOKEN_OFFSET, row) + from - first) * bytes,
                    (to - from) * bytes);
        }
    }
}
