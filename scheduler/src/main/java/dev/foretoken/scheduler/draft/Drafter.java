package dev.foretoken.scheduler.draft;

/** Proposes what may follow the known tokens of one sequence. A wrong proposal costs time, never correctness. */
@FunctionalInterface
public interface Drafter {

    /** Writes at most {@code most} token ids of the vocabulary to the start of {@code target}; returns how many, 0 when it knows none. */
    int propose(int most, int[] target);

    /** How many of the tokens proposed last were right; told before they are appended to the sequence. */
    default void verified(int accepted) {}
}
