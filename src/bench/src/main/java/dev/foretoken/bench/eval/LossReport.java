package dev.foretoken.bench.eval;

/**
 * Loss on held-out texts of one kind.
 *
 * @param tokens tokens the model gave a log-probability to
 * @param natsPerToken the model's mean -log p
 * @param entropyPerToken what the grammar itself needs for the same texts, spread over the same tokens: the best loss
 *     any model can have on average
 */
record LossReport(int texts, long tokens, double natsPerToken, double entropyPerToken) {

    static LossReport of(int texts, long tokens, double nats, double entropy) {
        return new LossReport(texts, tokens, tokens == 0 ? 0 : nats / tokens, tokens == 0 ? 0 : entropy / tokens);
    }
}
