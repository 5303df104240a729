package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.runtime.SequenceView;

/**
 * What the draft part has computed and proposed for one sequence. Its K and V stand for the first {@link #computed} tokens of the sequence;
 * those of proposals lie behind them and count once a proposal is accepted, else the next draft overwrites them.
 */
public final class PartDraft implements Drafter {

    private static final int NEVER = -1;

    private final SequenceView sequence;
    private final int[] drawn;
    private int count;
    private int drawnAt = NEVER;
    private int computed;

    public PartDraft(SequenceView sequence, int most) {
        this.sequence = sequence;
        this.drawn = new int[most];
    }

    /** Leading tokens of the sequence whose K and V the part has. */
    public int computed() {
        return computed;
    }

    /** Whether there are proposals for what follows the known tokens. */
    public boolean isFresh() {
        return count > 0 && drawnAt == sequence.length();
    }

    /** The part computed the known tokens before {@code end}; {@link #drew} follows for each proposal. */
    public void filled(int end) {
        computed = end;
        count = 0;
        drawnAt = end;
    }

    public void drew(int token) {
        drawn[count++] = token;
    }

    /** The part's caches are gone. */
    public void restart() {
        computed = 0;
        count = 0;
    }

    @Override
    public int propose(int most, int[] target) {
        if (!isFresh()) {
            return 0;
        }
        int given = Math.min(most, count);
        System.arraycopy(drawn, 0, target, 0, given);
        return given;
    }

    /** All but the last proposal were fed to the part, so the accepted ones of them need not be computed again. */
    @Override
    public void verified(int accepted) {
        if (isFresh()) {
            computed = drawnAt + Math.min(accepted, count - 1);
        }
        count = 0;
    }
}
