package dev.foretoken.batch.job;

import dev.foretoken.batch.store.AnsweredLines;
import java.util.BitSet;

/**
 * How often each request of a job ran in a process that was killed. One that ran twice is suspected to be why, and runs alone; where that process
 * ended too, it was.
 */
final class Deaths {

    static final Deaths NONE = new Deaths(new int[0], new BitSet());

    private static final int SUSPECTED = 2;
    private static final int MOST = 3;

    private final int[] deaths;
    private final BitSet answered;

    Deaths(AnsweredLines noted) {
        this(noted.deaths(), noted.answered());
    }

    private Deaths(int[] deaths, BitSet answered) {
        this.deaths = deaths;
        this.answered = answered;
    }

    int of(int request) {
        return request < deaths.length && !answered.get(request) ? deaths[request] : 0;
    }

    boolean isSuspected(int request) {
        return of(request) >= SUSPECTED;
    }

    boolean areTooMany(int request) {
        return of(request) >= MOST;
    }
}
