package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.runtime.SequenceView;

/** What is proposed for one sequence in its next row, and what became of it. */
public final class SequenceDraft {

    private final SequenceView sequence;
    private final Drafter drafter;
    private final DraftLength length;
    private final int[] tokens;

    public SequenceDraft(SequenceView sequence, DraftSource source, int most) {
        this.sequence = sequence;
        this.drafter = source.open(sequence);
        this.length = new DraftLength(most);
        this.tokens = new int[most];
    }

    /** Whether a draft is worth trying now. */
    public boolean isActive() {
        return length.at(sequence.length()) > 0;
    }

    /** Tokens that the next draft should have, at most {@code most}. */
    public int wanted(int most) {
        return Math.min(most, length.at(sequence.length()));
    }

    /** Proposes at most {@code most} tokens; returns how many. */
    public int propose(int most) {
        int wanted = wanted(most);
        return wanted == 0 ? 0 : drafter.propose(wanted, tokens);
    }

    /** Token {@code index} of the proposal made last. */
    public int token(int index) {
        return tokens[index];
    }

    /** To be called before what was accepted is appended to the sequence. */
    public void verified(int proposed, int accepted) {
        length.verified(proposed, accepted, sequence.length());
        drafter.verified(accepted);
    }
}
