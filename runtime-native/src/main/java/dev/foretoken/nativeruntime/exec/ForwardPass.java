package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** From token ids to the hidden vector of every token of the step, or to the last keys and values that are wanted. */
final class ForwardPass {

    private final Binding binding;
    private final Embedding embedding;
    private final List<ComputedSublayer> sublayers;
    private final @Nullable KvProjection last;
    private final List<ExpertLoad> expertLoads;

    ForwardPass(ModelPlan plan, CacheLayout layout, Binding binding, Supplier<PartCaches> caches) {
        this(plan.sublayers(), null, plan, new MixerBinder(layout, binding, caches));
    }

    private ForwardPass(List<Sublayer> whole, @Nullable KvProjection last, ModelPlan plan, MixerBinder mixers) {
        this.binding = mixers.binding();
        this.embedding = plan.input();
        List<ComputedSublayer> computed = new ArrayList<>();
        for (Sublayer sublayer : whole) {
            computed.add(new ComputedSublayer(sublayer, binding, mixers));
        }
        this.sublayers = List.copyOf(computed);
        this.last = last;
        this.expertLoads = mixers.expertLoads();
    }

    /** A pass that ends with the keys and values of the plan's last attention, which is all that its last sublayer has. */
    static ForwardPass endingInKeysAndValues(
            ModelPlan plan, CacheLayout layout, Binding binding, Supplier<PartCaches> caches) {
        KvProjection last =
                new KvProjection(plan.sublayers().getLast(), plan.attentions().size() - 1, binding);
        List<Sublayer> whole = plan.sublayers().subList(0, plan.sublayers().size() - 1);
        return new ForwardPass(whole, last, plan, new MixerBinder(layout, binding, caches));
    }

    List<ExpertLoad> expertLoads() {
        return expertLoads;
    }

    /** Fills {@link Workspace#hidden}. */
    void run(StepBatch step) {
        binding.rotary().prepare(step);
        embed(step);
        feed(step.plan());
        addPositions(step);
        keepEmbeddings(step);
        show(0, step.tokens());
        for (int i = 0; i < sublayers.size(); i++) {
            sublayers.get(i).run(step);
            show(i + 1, step.tokens());
        }
        KvProjection end = last;
        if (end != null) {
            end.run(step);
        }
    }

    private void show(int sublayers, int tokens) {
        ActivationTap tap = binding.tap();
        if (tap != null) {
            tap.hidden(sublayers, new ActivationTap.Rows(binding.work().hidden(), tokens, binding.hidden()));
        }
    }

    private void embed(StepBatch step) {
        MemorySegment hidden = binding.work().hidden();
        binding.kernels().gather(binding.weights().rows(embedding.table()), step.ids(), step.tokens(), hidden);
        if (embedding.scale() != 1) {
            binding.kernels().rescale(hidden, embedding.scale(), 0, (long) step.tokens() * binding.hidden(), hidden);
        }
    }

    private void addPositions(StepBatch step) {
        MatrixRef positions = embedding.positions();
        if (positions != null) {
            MemorySegment hidden = binding.work().hidden();
            MemorySegment rows = binding.work().delta();
            binding.kernels().gather(binding.weights().rows(positions), step.positions(), step.tokens(), rows);
            binding.kernels().add(hidden, rows, (long) step.tokens() * binding.hidden(), hidden);
        }
    }

    private void keepEmbeddings(StepBatch step) {
        SideBuffers sides = binding.work().sides();
        if (sides.keepsEmbeddings()) {
            long bytes = (long) step.tokens() * binding.hidden() * Float.BYTES;
            MemorySegment.copy(binding.work().hidden(), 0, sides.embedded(), 0, bytes);
        }
    }

    private void feed(StepPlan plan) {
        for (int row = 0; row < plan.rows(); row++) {
            List<EmbeddingSpan> spans = plan.sequence(row).embeddings();
            for (int i = 0; i < spans.size(); i++) {
                feed(plan, row, spans.get(i));
            }
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
