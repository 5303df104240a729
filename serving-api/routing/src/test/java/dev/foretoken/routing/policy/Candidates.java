package dev.foretoken.routing.policy;

import dev.foretoken.contract.engine.PrefillCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Candidates for tests. */
public final class Candidates {

    /** 1 µs a token, 10 µs a step, 64 tokens in a step. */
    public static final PrefillCost COST = new PrefillCost(1_000, 0, 10_000, 64);

    private static final CandidateFeatures IDLE =
            new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, 0, 0, 0, COST, 0, 1);

    private Candidates() {}

    public static CandidateFeatures idle() {
        return IDLE;
    }

    public static CandidateFeatures standing(Standing standing) {
        return new CandidateFeatures(standing, true, 0, 0, 0, 0, 0, 0, 0, COST, 0, 1);
    }

    public static CandidateFeatures stale(int inFlight) {
        return new CandidateFeatures(Standing.READY, false, 0, inFlight, 0, 0, 0, 0, 0, COST, 0, 1);
    }

    public static CandidateFeatures busy(int sequences, int inFlight) {
        return new CandidateFeatures(Standing.READY, true, sequences, inFlight, 0, 0, 0, 0, 0, COST, 0, 1);
    }

    public static CandidateFeatures ahead(double aheadNanos, int cachedTokens) {
        return new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, aheadNanos, cachedTokens, 0, COST, 0, 1);
    }

    /** Holds so much of the prompt, and has so many sequences. */
    public static CandidateFeatures held(int sequences, int cachedTokens) {
        return new CandidateFeatures(Standing.READY, true, sequences, 0, 0, 0, 9_000, cachedTokens, 0, COST, 0, 1);
    }

    public static CandidateFeatures turn(long lastTurn) {
        return new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, 0, 0, 0, COST, lastTurn, 1);
    }

    public static RouteFeatures of(long draw, int promptTokens, CandidateFeatures... candidates) {
        return new RouteFeatures(draw, promptTokens, List.of(candidates));
    }

    /** Anything that can be seen. */
    public static RouteFeatures any(Random random) {
        List<CandidateFeatures> candidates = new ArrayList<>();
        for (int i = random.nextInt(20); i >= 0; i--) {
            candidates.add(new CandidateFeatures(
                    random.nextInt(3) > 0 ? Standing.READY : Standing.values()[random.nextInt(7)],
                    random.nextInt(3) > 0,
                    random.nextInt(5),
                    random.nextInt(5),
                    random.nextInt(1000),
                    random.nextInt(1000),
                    random.nextInt(4) * random.nextDouble() * 1e6,
                    random.nextInt(500),
                    random.nextDouble(),
                    random.nextInt(4) > 0
                            ? new PrefillCost(random.nextInt(9), random.nextInt(3), random.nextInt(99), 64)
                            : PrefillCost.NONE,
                    random.nextInt(100),
                    1 + random.nextInt(2)));
        }
        return new RouteFeatures(random.nextLong(), random.nextInt(500), candidates);
    }
}
