package dev.foretoken.bench.experts;

/**
 * One layer's experts.
 *
 * @param inner width of an expert
 * @param topK experts of a token
 */
record ExpertShape(int hidden, int inner, int experts, int topK) {
    ExpertShape {
        if (hidden < 4 || inner < 4 || experts < 1 || topK < 1 || topK > experts) {
            throw new IllegalArgumentException("%d of %d experts of %d neurons over %d; expected at least one of them"
                    .formatted(topK, experts, inner, hidden));
        }
    }
}
