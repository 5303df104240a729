package dev.foretoken.nativeruntime.compress;

import java.util.List;

/**
 * What is pruned or kept as one.
 *
 * @param block its number
 * @param members neurons or KV heads
 * @param score how far the trajectory goes astray without it
 * @param flops that it costs a token
 */
record Unit(Kind kind, int block, List<Integer> members, double score, long flops) {

    /** What the members are. */
    enum Kind {
        NEURONS,
        KV_HEADS,
    }

    Unit {
        members = List.copyOf(members);
    }

    double scorePerFlop() {
        return score / flops;
    }
}
