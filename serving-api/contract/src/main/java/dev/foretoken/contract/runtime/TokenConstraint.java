package dev.foretoken.contract.runtime;

import java.lang.foreign.MemorySegment;

/** A compiled constraint's state for one sequence. Used by one thread. */
public interface TokenConstraint {

    /** Sets bit i (little-endian, int64 words, [ceil(vocabulary / 64)]) of every admitted token and clears the others. */
    void fillMask(MemorySegment mask);

    /** Moves on by one token that the mask admitted. */
    void accept(int token);

    /** Takes back the last {@code tokens} accepted tokens. */
    void rollback(int tokens);

    /** Whether nothing can follow. */
    boolean isComplete();
}
