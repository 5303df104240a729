package dev.foretoken.bench.prediction;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Asks models of one engine and notes when tokens come. Any thread may ask. */
final class Asking {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Engine engine;
    private final LongSupplier nanoClock;
    private final AtomicLong requests = new AtomicLong();

    Asking(Engine engine, LongSupplier nanoClock) {
        this.engine = engine;
        this.nanoClock = nanoClock;
    }

    /** With a salt of its own: whatever was asked before, in whichever way, its prompt is computed. */
    GenerationRequest greedy(String model, int[] prompt, int maxTokens, PrefillOptions prefill) {
        String id = "bench-" + requests.incrementAndGet();
        return GenerationRequest.greedy(id, model, Prompt.of(prompt), maxTokens)
                .withIdentity(new RequestIdentity(id, "", id))
                .withOptions(new ModelOptions(prefill, Optional.empty(), Optional.empty()));
    }

    /** Of another seed, another prompt. The ends of a vocabulary hold special tokens. */
    static int[] randomPrompt(int vocabulary, int tokens, long seed) {
        return new SplittableRandom(seed)
                .ints(tokens, vocabulary / 8, vocabulary * 7 / 8)
                .toArray();
    }

    /** @throws ForetokenException what the engine fails with; RUNTIME_FAILED also where part of the prompt was found in the prefix cache */
    TimedAnswer ask(GenerationRequest request) throws InterruptedException {
        int room = request.stop().maxTokens();
        int[] tokens = new int[room];
        long[] at = new long[room];
        int count = 0;
        long submitted = nanoClock.getAsLong();
        Generation generation = engine.submit(request);
        while (true) {
            switch (next(generation)) {
                case EngineEvent.TokenGenerated token -> {
                    at[count] = nanoClock.getAsLong();
                    tokens[count++] = token.tokenId();
                }
                case EngineEvent.Failed failed -> throw new ForetokenException(failed.code(), failed.detail());
                case EngineEvent.Finished finished -> {
                    requireComputed(request, finished.usage());
                    return new TimedAnswer(
                            submitted,
                            Arrays.copyOf(tokens, count),
                            Arrays.copyOf(at, count),
                            finished.usage().prefill());
                }
                case EngineEvent.Started started -> {}
                case EngineEvent.PromptScored scored -> {}
                case EngineEvent.Repaired repaired -> {}
            }
        }
    }

    private static void requireComputed(GenerationRequest request, Usage usage) {
        if (usage.cachedTokens() != 0) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "%d of the %d prompt tokens of %s were found in the prefix cache; expected none, else what is measured is another way's"
                            .formatted(
                                    usage.cachedTokens(),
                                    usage.promptTokens(),
                                    request.identity().requestId()));
        }
    }

    private static EngineEvent next(Generation generation) throws InterruptedException {
        return generation
                .next(PATIENCE)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.DEADLINE_EXCEEDED, "nothing came within " + PATIENCE.toMinutes() + " minutes"));
    }
}
