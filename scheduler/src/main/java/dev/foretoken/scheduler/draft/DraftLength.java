package dev.foretoken.scheduler.draft;

/**
 * How many tokens the next draft of a sequence may have. Grows by two when all were right; shrinks by one with a wrong one while fewer than
 * half of the recently compared tokens are right; pauses when fewer than a fifth are, each time for twice as many tokens until one is right.
 */
final class DraftLength {

    private static final int GROWTH = 2;
    private static final double SHRINK_BELOW = 0.5;
    private static final double PAUSE_BELOW = 0.2;
    private static final int FIRST_PAUSE = 16;
    private static final int MOST_PAUSE = 512;
    /** Share of the past that is kept with each draft: the last eight or so count. */
    private static final double KEEP = 0.875;

    private final int most;
    private int length;
    private int pause = FIRST_PAUSE;
    private int resumesAt;
    /** Recent tokens compared with a draw, and those that were right; it starts with one of two. */
    private double compared = 2;

    private double right = 1;

    DraftLength(int most) {
        this.most = most;
        this.length = (most + 1) / 2;
    }

    /** Tokens of a draft behind {@code known} ones; 0 while paused. */
    int at(int known) {
        return known < resumesAt ? 0 : length;
    }

    /** {@code known}: tokens the sequence had when it proposed. */
    void verified(int proposed, int accepted, int known) {
        boolean rejected = accepted < proposed;
        right = KEEP * right + accepted;
        compared = KEEP * compared + accepted + (rejected ? 1 : 0);
        if (accepted > 0) {
            pause = FIRST_PAUSE;
        }
        if (!rejected) {
            length = Math.min(most, length + GROWTH);
        } else if (right < SHRINK_BELOW * compared) {
            length = Math.max(1, length - 1);
        }
        if (rejected && right < PAUSE_BELOW * compared) {
            resumesAt = known + pause;
            pause = Math.min(MOST_PAUSE, 2 * pause);
        }
    }
}
