package dev.foretoken.contract.request;

/**
 * How a token is drawn from logits. A draw is a pure function of logits, history, these values and (seed, choice, position).
 * Order: bias, penalties, mask, temperature, top-k, top-p, min-p, draw.
 *
 * @param temperature 0 = greedy
 * @param topK 0 = off
 * @param topP 1 = off; the smallest set of most likely tokens whose mass reaches it
 * @param minP 0 = off; tokens below this share of the most likely token's probability are dropped
 * @param seed fixed at admission, also when the caller gave none, so that a recomputed sequence draws the same tokens
 */
public record SamplingParams(
        float temperature, int topK, float topP, float minP, Penalties penalties, LogitBias bias, long seed) {

    public static final SamplingParams GREEDY = new SamplingParams(0f, 0, 1f, 0f, Penalties.NONE, LogitBias.NONE, 0L);

    public boolean isGreedy() {
        return temperature == 0f;
    }

    public SamplingParams withSeed(long newSeed) {
        return new SamplingParams(temperature, topK, topP, minP, penalties, bias, newSeed);
    }

    public SamplingParams withTemperature(float newTemperature) {
        return new SamplingParams(newTemperature, topK, topP, minP, penalties, bias, seed);
    }
}
