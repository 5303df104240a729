package dev.foretoken.sampling;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.SequenceView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Draws one token from one row of logits in the order of {@link SamplingParams}. Allocates nothing.
 *
 * <p>The draw is {@link Philox} keyed by (seed, choice, position), so it does not depend on what else is drawn.
 */
public final class TokenSampler {

    /** Temperatures below this act like it: their weights are 0 or 1 anyway. */
    private static final float LOWEST_TEMPERATURE = 1e-6f;

    private final int vocabulary;
    private final LogitEdits edits;
    private final Truncation truncation;
    private final MemorySegment edited;
    private final LogitRow editedRow;

    /** Work space comes from {@code arena}. */
    public TokenSampler(LogitPasses passes, int vocabulary, Arena arena) {
        this.vocabulary = vocabulary;
        this.edits = new LogitEdits(vocabulary);
        this.truncation = new Truncation(vocabulary, arena);
        this.edited = arena.allocate((long) vocabulary * Float.BYTES, 64);
        this.editedRow = new LogitRow(passes, vocabulary, arena);
    }

    /**
     * Reads a row for a {@link #draw}, and for reports where they are asked for. Logits that the sequence has changed (bias, penalties,
     * suppressed tokens, mask) are changed in place, but not where they are reported: then the draw changes a copy.
     *
     * @param logits fp32 [vocabulary]
     * @param position of the token to draw
     */
    public void read(LogitRow row, MemorySegment logits, SequenceView sequence, int position, boolean reported) {
        if (!LogitEdits.needed(sequence)) {
            row.read(logits, null, summedAt(sequence.sampling()), reported);
        } else if (reported) {
            row.readToReport(logits);
        } else {
            readEdited(row, logits, sequence, position);
        }
    }

    private void readEdited(LogitRow row, MemorySegment logits, SequenceView sequence, int position) {
        edits.apply(logits, sequence, position);
        row.read(logits, sequence.tokenMask(), summedAt(sequence.sampling()), false);
    }

    /**
     * Draws.
     *
     * @param row read for this sequence and position
     * @throws ForetokenException RUNTIME_FAILED when no token has a finite logit
     */
    public int draw(LogitRow row, SequenceView sequence, int position) {
        if (!LogitEdits.needed(sequence) || !row.isNormalised()) {
            return choose(row, sequence, position);
        }
        MemorySegment.copy(row.logits(), 0, edited, 0, (long) vocabulary * Float.BYTES);
        readEdited(editedRow, edited, sequence, position);
        return choose(editedRow, sequence, position);
    }

    private int choose(LogitRow row, SequenceView sequence, int position) {
        if (!Float.isFinite(row.max())) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "No token can be drawn at position %d of sequence %d: the largest logit is %s (a mask that admits nothing, or damaged weights)"
                            .formatted(position, sequence.sequenceId(), row.max()));
        }
        SamplingParams params = sequence.sampling();
        if (params.isGreedy()) {
            return row.argmax();
        }
        float inverse = inverse(params);
        float uniform = Philox.uniform(params.seed(), sequence.choice(), position);
        return row.sample(inverse, truncation.floor(row, inverse, params), uniform);
    }

    private float summedAt(SamplingParams params) {
        return !params.isGreedy() && truncation.weighsAll(params) ? inverse(params) : 0;
    }

    private static float inverse(SamplingParams params) {
        return 1f / Math.max(params.temperature(), LOWEST_TEMPERATURE);
    }
}
