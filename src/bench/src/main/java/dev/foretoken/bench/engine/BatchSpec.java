package dev.foretoken.bench.engine;

import java.util.List;
import java.util.Optional;

/**
 * What one run computes: {@code batch} sequences at once, each of {@code prompt} random tokens and {@code generate} new
 * ones, without a stop token.
 *
 * @param adapters that sequences use in turn; empty: none
 */
public record BatchSpec(String model, int prompt, int generate, int batch, long seed, List<String> adapters) {
    public BatchSpec {
        if (prompt < 1 || generate < 2 || batch < 1) {
            throw new IllegalArgumentException("--prompt %d --generate %d --batch %d; expected at least 1, 2 and 1"
                    .formatted(prompt, generate, batch));
        }
    }

    /** Without adapters. */
    public BatchSpec(String model, int prompt, int generate, int batch, long seed) {
        this(model, prompt, generate, batch, seed, List.of());
    }

    public BatchSpec withSeed(long value) {
        return new BatchSpec(model, prompt, generate, batch, value, adapters);
    }

    BatchSpec withModel(String value) {
        return new BatchSpec(value, prompt, generate, batch, seed, adapters);
    }

    BatchSpec withAdapters(List<String> value) {
        return new BatchSpec(model, prompt, generate, batch, seed, value);
    }

    /** Of sequence {@code index}. */
    Optional<String> adapter(int index) {
        return adapters.isEmpty() ? Optional.empty() : Optional.of(adapters.get(index % adapters.size()));
    }
}
