package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.sampling.HeadJobs;
import dev.foretoken.sampling.StepTokens;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From hidden vectors to tokens and log-probabilities, for the positions that want them only and a bounded number of them at a time. A
 * hidden vector that is reported is the one the head sees, after the final norm.
 */
final class HeadPass {

    private final Kernels kernels;
    private final MemorySegment hidden;
    private final int hiddenSize;
    private final @Nullable BoundNorm norm;
    private final Head head;
    private final int vocabulary;
    private final int capacity;
    private final MemorySegment input;
    private final MemorySegment logits;
    private final MemorySegment[] rowLogits;
    private final SharedInput product;
    private final HeadJobs jobs;
    private final StepTokens tokens;

    HeadPass(ModelPlan plan, Binding binding, StepLimits limits, Arena arena) {
        this.vocabulary = plan.vocabularySize();
        long rowBytes = (long) vocabulary * Float.BYTES;
        this.kernels = binding.kernels();
        this.hidden = binding.work().hidden();
        this.hiddenSize = plan.hiddenSize();
        this.norm = BoundNorm.orNull(plan.finalNorm(), binding.weights(), kernels);
        this.head = plan.output();
        this.capacity = limits.headRows();
        this.input = kernels.allocate((long) capacity * hiddenSize * Float.BYTES, arena);
        this.logits = kernels.allocate(capacity * rowBytes, arena);
        this.rowLogits = new MemorySegment[capacity];
        for (int i = 0; i < capacity; i++) {
            rowLogits[i] = logits.asSlice(i * rowBytes, rowBytes);
        }
        this.product =
                binding.sharing(List.of(new Linear(plan.head(), plan.output().bias())), List.of(logits));
        this.jobs = new HeadJobs(limits.tokens());
        this.tokens = new StepTokens(jobs, kernels, vocabulary, arena);
    }

    /** Memory held for inputs and logits. */
    static long bytes(ModelPlan plan, StepLimits limits) {
        return (long) limits.headRows() * (plan.hiddenSize() + plan.vocabularySize()) * Float.BYTES;
    }

    void run(StepBatch step, StepResult result) {
        StepPlan plan = step.plan();
        jobs.collect(plan);
        for (int first = 0; first < jobs.count(); first += capacity) {
            int count = Math.min(capacity, jobs.count() - first);
            computeLogits(first, count);
            for (int i = 0; i < count; i++) {
                report(plan, first + i, i, result);
            }
        }
    }

    private void computeLogits(int first, int count) {
        long bytes = (long) hiddenSize * Float.BYTES;
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(hidden, jobs.token(first + i) * bytes, input, i * bytes, bytes);
        }
        if (norm != null) {
            norm.apply(input, count, input);
        }
        product.multiply(input, count);
        if (!head.isPlain()) {
            kernels.rescale(logits, head.scale(), head.softCap(), (long) count * vocabulary, logits);
        }
    }

    private void report(StepPlan plan, int job, int slot, StepResult result) {
        tokens.report(plan, job, rowLogits[slot], result);
        if (jobs.uses(job, HeadJobs.HIDDEN)) {
            float[] vector = new float[hiddenSize];
            MemorySegment.copy(
                    input, ValueLayout.JAVA_FLOAT, (long) slot * hiddenSize * Float.BYTES, vector, 0, hiddenSize);
            result.setHidden(jobs.row(job), vector);
        }
    }
}
