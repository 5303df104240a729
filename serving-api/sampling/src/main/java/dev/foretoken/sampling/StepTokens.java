package dev.foretoken.sampling;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a step reports of its positions once their logits are there: draws, and log-probabilities of draws and of prompt tokens. */
public final class StepTokens {

    private final HeadJobs jobs;
    private final LogitRow logitRow;
    private final TokenSampler sampler;
    private final LogprobReport report;
    private final ProposedSequence proposed = new ProposedSequence();

    /**
     * Work space comes from {@code arena}.
     *
     * @param jobs collected for every step before its positions are reported
     */
    public StepTokens(HeadJobs jobs, LogitPasses passes, int vocabulary, Arena arena) {
        this.jobs = jobs;
        this.logitRow = new LogitRow(passes, vocabulary, arena);
        this.sampler = new TokenSampler(passes, vocabulary, arena);
        this.report = new LogprobReport(vocabulary, arena);
    }

    /**
     * Does what {@code job} asks of its logits.
     *
     * @param logits fp32 [vocabulary]; may be changed
     */
    public void report(StepPlan plan, int job, MemorySegment logits, StepResult result) {
        int row = jobs.row(job);
        SequenceView sequence = proposed.of(plan, row);
        read(plan, job, logits, sequence);
        if (jobs.uses(job, HeadJobs.SCORE)) {
            score(sequence, job, result);
        }
        if (jobs.uses(job, HeadJobs.SAMPLE)) {
            int token = sampler.draw(logitRow, sequence, jobs.position(job) + 1);
            result.addToken(row, token, detail(sequence, token));
        }
    }

    /** Once, for all that is wanted of them. */
    private void read(StepPlan plan, int job, MemorySegment logits, SequenceView sequence) {
        boolean scores = jobs.uses(job, HeadJobs.SCORE);
        if (jobs.uses(job, HeadJobs.SAMPLE)) {
            requireOneMaskPerDraw(plan, jobs.row(job), sequence);
            boolean reported = scores || sequence.output().wantsLogprobs();
            sampler.read(logitRow, logits, sequence, jobs.position(job) + 1, reported);
        } else if (scores) {
            logitRow.readToReport(logits);
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
