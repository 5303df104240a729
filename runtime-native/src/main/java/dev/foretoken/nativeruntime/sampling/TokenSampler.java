package dev.foretoken.nativeruntime.sampling;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.SampleRequest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Draws one token from one row of logits in the order of {@link SamplingParams}. The row stays as it is. Allocates nothing.
 *
 * <p>The draw is {@link Philox} keyed by (seed, choice, position), so it does not depend on what else is drawn.
 */
public final class TokenSampler {

    /** Temperatures below this act like it: their weights are 0 or 1 anyway. */
    private static final float LOWEST_TEMPERATURE = 1e-6f;

    private final Kernels kernels;
    private final int vocabulary;
    private final LogitEdits edits;
    private final Truncation truncation;
    private final MemorySegment edited;
    private final Summaries editedSummary;
    private final MemorySegment max;
    private final SampleRequest request;

    /** Work space comes from {@code arena}. */
    public TokenSampler(Kernels kernels, int vocabulary, Arena arena) {
        this.kernels = kernels;
        this.vocabulary = vocabulary;
        this.edits = new LogitEdits(vocabulary);
        this.truncation = new Truncation(kernels, vocabulary, arena);
        this.edited = arena.allocate((long) vocabulary * Float.BYTES, 64);
        this.editedSummary = new Summaries(1, vocabulary, arena);
        this.max = one(arena);
        this.request = new SampleRequest(one(arena), one(arena), one(arena), one(arena));
    }

    private static MemorySegment one(Arena arena) {
        return arena.allocate(Float.BYTES, 64);
    }

    /**
     * Draws.
     *
     * @param logits fp32 [vocabulary]
     * @param summaries entry {@code index} is that of {@code logits}
     * @param position of the token to draw
     * @throws ForetokenException RUNTIME_FAILED when no token has a finite logit
     */
    public int draw(MemorySegment logits, Summaries summaries, int index, SequenceView sequence, int position) {
        if (!LogitEdits.needed(sequence)) {
            return choose(logits, summaries, index, sequence, position);
        }
        edit(logits, sequence, position);
        edits.suppress(edited, sequence.suppressed());
        editedSummary.compute(kernels, edited, 1);
        if (editedSummary.max(0) == Float.NEGATIVE_INFINITY
                && sequence.suppressed().size() > 0) {
            // The mask admits suppressed tokens alone (the output is complete before its minimum length): the mask is
            // the stronger promise.
            edit(logits, sequence, position);
            editedSummary.compute(kernels, edited, 1);
        }
        return choose(edited, editedSummary, 0, sequence, position);
    }

    private void edit(MemorySegment logits, SequenceView sequence, int position) {
        MemorySegment.copy(logits, 0, edited, 0, (long) vocabulary * Float.BYTES);
        edits.apply(edited, sequence, position);
    }

    private int choose(MemorySegment row, Summaries summaries, int index, SequenceView sequence, int position) {
        float largest = summaries.max(index);
        if (!Float.isFinite(largest)) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "No token can be drawn at position %d of sequence %d: the largest logit is %s (a mask that admits nothing, or damaged weights)"
                            .formatted(position, sequence.sequenceId(), largest));
        }
        SamplingParams params = sequence.sampling();
        if (params.isGreedy()) {
            return summaries.argmax(index);
        }
        float inverse = 1f / Math.max(params.temperature(), LOWEST_TEMPERATURE);
        set(request.inverseTemperature(), inverse);
        set(request.floor(), truncation.floor(row, largest, summaries.logSumExp(index), inverse, params));
        set(request.uniform(), Philox.uniform(params.seed(), sequence.choice(), position));
        set(max, largest);
        kernels.sample(row, 1, vocabulary, max, request);
        return request.ids().get(ValueLayout.JAVA_INT, 0);
    }

    private static void set(MemorySegment segment, float value) {
        segment.set(ValueLayout.JAVA_FLOAT, 0, value);
    }
}
