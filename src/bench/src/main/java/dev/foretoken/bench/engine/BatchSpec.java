package dev.foretoken.bench.engine;

/**
 * What one run computes: {@code batch} sequences at once, each of {@code prompt} random tokens and {@code generate} new
 * ones, without a stop token.
 */
record BatchSpec(String model, int prompt, int generate, int batch, long seed) {
    BatchSpec {
        if (prompt < 1 || generate < 2 || batch < 1) {
            throw new IllegalArgumentException("--prompt %d --generate %d --batch %d; expected at least 1, 2 and 1"
                    .formatted(prompt, generate, batch));
        }
    }

    BatchSpec withSeed(long value) {
        return new BatchSpec(model, prompt, generate, batch, value);
    }
}
