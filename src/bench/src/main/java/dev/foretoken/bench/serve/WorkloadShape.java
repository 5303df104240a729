package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.PrefillAsk;
import org.jspecify.annotations.Nullable;

/**
 * What the requests look like.
 *
 * @param vocabulary prompts are random token ids below it; 0: prompts are words
 * @param sharedPrefix this many tokens (or words) at the start of every prompt are the same, part of {@code input}
 * @param temperature null: not sent
 * @param cancelFraction share of requests this client leaves before the end
 * @param malformedFraction share of requests that are wrong on purpose
 * @param seed decides lengths, moments and what goes wrong
 * @param promptSeed decides tokens (or words): with another one no prefix cache knows any of them
 * @param prefill what each says about how its prompt comes into the caches
 */
record WorkloadShape(
        Endpoint endpoint,
        String model,
        LengthDistribution input,
        LengthDistribution output,
        int vocabulary,
        int sharedPrefix,
        boolean ignoreEos,
        boolean returnTokenIds,
        @Nullable Double temperature,
        double cancelFraction,
        double malformedFraction,
        long seed,
        long promptSeed,
        PrefillAsk prefill) {

    WorkloadShape {
        if (vocabulary != 0 && vocabulary < 16) {
            throw new IllegalArgumentException(
                    "--vocab " + vocabulary + "; expected at least 16, or 0 for text prompts");
        }
        if (vocabulary != 0 && endpoint == Endpoint.CHAT) {
            throw new IllegalArgumentException("--vocab makes prompts of token ids, which chat does not take");
        }
        if (sharedPrefix < 0) {
            throw new IllegalArgumentException("--shared-prefix " + sharedPrefix + "; expected at least 0");
        }
        if (!(cancelFraction >= 0) || !(malformedFraction >= 0) || !(cancelFraction + malformedFraction <= 1)) {
            throw new IllegalArgumentException(
                    "--cancel-fraction %s --bad-fraction %s; expected shares from 0 to 1 that sum to at most 1"
                            .formatted(cancelFraction, malformedFraction));
        }
    }

    WorkloadShape withPrefill(PrefillAsk value) {
        return new WorkloadShape(
                endpoint,
                model,
                input,
                output,
                vocabulary,
                sharedPrefix,
                ignoreEos,
                returnTokenIds,
                temperature,
                cancelFraction,
                malformedFraction,
                seed,
                promptSeed,
                value);
    }

    WorkloadShape withSeeds(long value, long ofPrompts) {
        return new WorkloadShape(
                endpoint,
                model,
                input,
                output,
                vocabulary,
                sharedPrefix,
                ignoreEos,
                returnTokenIds,
                temperature,
                cancelFraction,
                malformedFraction,
                value,
                ofPrompts,
                prefill);
    }
}
