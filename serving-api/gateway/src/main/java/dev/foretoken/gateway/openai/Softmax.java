package dev.foretoken.gateway.openai;

/** From the scores of classes to their probabilities. */
final class Softmax {

    private Softmax() {}

    private static float logistic(float score) {
        return (float) (1 / (1 + Math.exp(-score)));
    }

    /** Of classes of which one holds. */
    static float[] of(float[] scores) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp((double) score - largest);
        }
        float[] out = new float[scores.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) (Math.exp((double) scores[i] - largest) / sum);
        }
        return out;
    }

    /** Of classes each of which may hold. */
    static float[] each(float[] scores) {
        float[] out = new float[scores.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = logistic(scores[i]);
        }
        return out;
    }
}
