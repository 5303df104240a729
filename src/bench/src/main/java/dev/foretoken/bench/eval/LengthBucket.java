package dev.foretoken.bench.eval;

import java.util.List;

/** Passages of similar length. */
final class LengthBucket {
    private static final List<Integer> UP_TO = List.of(150, 250, 400, 600, 900, 1150, 1500);

    private LengthBucket() {}

    /** The bucket as a range that sorts by text: {@code 0151-0250}. */
    static String of(int passageTokens) {
        int from = 0;
        for (int to : UP_TO) {
            if (passageTokens <= to) {
                return "%04d-%04d".formatted(from, to);
            }
            from = to + 1;
        }
        return "%04d-".formatted(from);
    }
}
