package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.sampling.LogitRow;
import dev.foretoken.nativeruntime.sampling.LogprobReport;
import dev.foretoken.nativeruntime.sampling.TokenSampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
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
    private final LogitRow logitRow;
    private final TokenSampler sampler;
    private final LogprobReport report;
    private final HeadJobs jobs;
    private final ProposedSequence proposed = new ProposedSequence();

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
        this.logitRow = new LogitRow(kernels, vocabulary, arena);
        this.sampler = new TokenSampler(kernels, vocabulary, arena);
        this.report = new LogprobReport(vocabulary, arena);
        this.jobs = new HeadJobs(limits.tokens());
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
        int row = jobs.row(job);
        SequenceView sequence = proposed.of(plan, row);
        readLogits(plan, job, slot, sequence);
        if (jobs.uses(job, HeadJobs.SCORE)) {
            score(sequence, job, result);
        }
        if (jobs.uses(job, HeadJobs.SAMPLE)) {
            int token = sampler.draw(logitRow, sequence, jobs.position(job) + 1);
            result.addToken(row, token, detail(sequence, token));
        }
        if (jobs.uses(job, HeadJobs.HIDDEN)) {
            float[] vector = new float[hiddenSize];
            MemorySegment.copy(
                    input, ValueLayout.JAVA_FLOAT, (long) slot * hiddenSize * Float.BYTES, vector, 0, hiddenSize);
            result.setHidden(row, vector);
        }
    }

    /** Once, for all that is wanted of them. */
    private void readLogits(StepPlan plan, int job, int slot, SequenceView sequence) {
        boolean scores = jobs.uses(job, HeadJobs.SCORE);
        if (jobs.uses(job, HeadJobs.SAMPLE)) {
            requireOneMaskPerDraw(plan, jobs.row(job), sequence);
            boolean reported = scores || sequence.output().wantsLogprobs();
            sampler.read(logitRow, rowLogits[slot], sequence, jobs.position(job) + 1, reported);
        } else if (scores) {
            logitRow.readToReport(rowLogits[slot]);
        }
    }

    private void score(SequenceView sequence, int job, StepResult result) {
        int row = jobs.row(job);
        List<TokenLogprobs> scores = result.promptLogprobs(row);
        if (scores == null) {
            scores = new ArrayList<>();
            result.setPromptLogprobs(row, scores);
        }
        int target = sequence.tokenAt(jobs.position(job) + 1);
        int alternatives = Math.max(0, sequence.output().promptLogprobs());
        scores.add(report.of(logitRow, target, alternatives));
    }

    private @Nullable TokenLogprobs detail(SequenceView sequence, int token) {
        return sequence.output().wantsLogprobs()
                ? report.of(logitRow, token, sequence.output().topLogprobs())
                : null;
    }

    /** A mask is that of the next draw; what it would be after a proposal is not known here. */
    private static void requireOneMaskPerDraw(StepPlan plan, int row, SequenceView sequence) {
        boolean several = plan.wants(row, StepPlan.WANT_SAMPLE_EACH) && plan.get(Column.TOKEN_COUNT, row) > 1;
        if (several && sequence.tokenMask() != null) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "Sequence %d has a token mask and verifies several tokens in one step; a mask admits one draw"
                            .formatted(sequence.sequenceId()));
        }
    }
}
