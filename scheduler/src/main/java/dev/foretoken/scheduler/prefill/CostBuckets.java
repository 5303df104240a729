package dev.foretoken.scheduler.prefill;

/**
 * The steps of one network, those that computed about the same put together: what they computed and took on average. Steps of one kind never
 * push out what is known of another, however long nothing else was seen, and a step that took far longer than its like counts as twice as
 * long. Bounded; nothing is allocated per step.
 */
final class CostBuckets {

    /** One for every step, tokens, draws, and positions attended to: what a step's time grows with. */
    static final int FEATURES = 4;

    static final int TOKENS = 1;
    static final int DRAWS = 2;
    static final int ATTENDED = 3;

    private static final int TOKEN_CLASSES = 16;
    private static final int DRAW_CLASSES = 6;
    private static final int CONTEXT_CLASSES = 6;
    /** What a bucket says is the average of about so many of its last steps. */
    private static final int MEMORY = 24;
    /** A bucket counts half when nothing was put into it for so many steps. */
    private static final double FADE = 2048;
    /** Most that one step may differ from its like, as a factor. */
    private static final double OUTLIER = 2;

    private static final int BUCKETS = TOKEN_CLASSES * DRAW_CLASSES * CONTEXT_CLASSES;

    private final double[] means = new double[BUCKETS * FEATURES];
    private final double[] nanos = new double[BUCKETS];
    private final int[] seen = new int[BUCKETS];
    private final long[] last = new long[BUCKETS];
    private long steps;
    private int filled;
    private int least = TOKEN_CLASSES;
    private int most = -1;

    /** Steps seen. */
    long steps() {
        return steps;
    }

    /** Buckets that are not empty. */
    int filled() {
        return filled;
    }

    /** Whether steps of clearly different sizes were seen, so that what every step costs can be told from what its tokens cost. */
    boolean isSpread() {
        return most - least >= 2;
    }

    void add(int tokens, int draws, double attended, double took) {
        int tokenClass = Math.min(TOKEN_CLASSES - 1, log2(tokens));
        int drawClass = draws == 0 ? 0 : Math.min(DRAW_CLASSES - 1, 1 + log2(draws) / 2);
        int contextClass = Math.clamp(log2((int) (attended / tokens)) / 2 - 1, 0, CONTEXT_CLASSES - 1);
        int bucket = (tokenClass * DRAW_CLASSES + drawClass) * CONTEXT_CLASSES + contextClass;
        least = Math.min(least, tokenClass);
        most = Math.max(most, tokenClass);
        last[bucket] = ++steps;
        filled += seen[bucket] == 0 ? 1 : 0;
        seen[bucket] = Math.min(MEMORY, seen[bucket] + 1);
        double share = 1.0 / seen[bucket];
        double near = seen[bucket] == 1 ? took : Math.clamp(took, nanos[bucket] / OUTLIER, nanos[bucket] * OUTLIER);
        nanos[bucket] += share * (near - nanos[bucket]);
        int first = bucket * FEATURES;
        means[first] = 1;
        means[first + TOKENS] += share * (tokens - means[first + TOKENS]);
        means[first + DRAWS] += share * (draws - means[first + DRAWS]);
        means[first + ATTENDED] += share * (attended - means[first + ATTENDED]);
    }

    private static int log2(int value) {
        return value <= 1 ? 0 : 31 - Integer.numberOfLeadingZeros(value);
    }

    int buckets() {
        return BUCKETS;
    }

    /** How much a bucket counts; 0 when it is empty. */
    double weight(int bucket) {
        return seen[bucket] == 0 ? 0 : seen[bucket] / (1 + (steps - last[bucket]) / FADE);
    }

    double feature(int bucket, int feature) {
        return means[bucket * FEATURES + feature];
    }

    double nanos(int bucket) {
        return nanos[bucket];
    }
}
