package dev.foretoken.bench.quality;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** A variant in memory. Any thread may ask; who asks at once is computed at once. */
final class OpenedVariant implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final LocalEngine engine;
    private final AtomicLong requests = new AtomicLong();

    private OpenedVariant(LocalEngine engine) {
        this.engine = engine;
    }

    static OpenedVariant open(Variant variant, int threads) {
        return new OpenedVariant(LocalEngine.open(variant.source(), variant.options(), DeviceSpec.cpu(threads)));
    }

    HeldAs heldAs() {
        return engine.model().heldAs();
    }

    /** Continues greedily, to one of {@code stops} at the latest, which is part of the answer then. */
    int[] answer(int[] prompt, int[] stops, int maxTokens) throws InterruptedException {
        GenerationRequest request =
                request(prompt, maxTokens).withStop(new StopConditions(maxTokens, 0, TokenIds.of(stops)));
        return read(request).stream()
                .flatMapToInt(event -> event instanceof EngineEvent.TokenGenerated token
                        ? IntStream.of(token.tokenId())
                        : IntStream.empty())
                .toArray();
    }

    /** What each token of a text scored given those before it, with the most likely {@code alternatives}. */
    List<TokenLogprobs> scores(int[] text, int alternatives) throws InterruptedException {
        GenerationRequest request = request(text, 1)
                .withOutput(new OutputOptions(OutputOptions.OFF, alternatives, false))
                .withStop(new StopConditions(0, 0, TokenIds.EMPTY));
        List<TokenLogprobs> scores = new ArrayList<>();
        for (EngineEvent event : read(request)) {
            if (event instanceof EngineEvent.PromptScored scored) {
                scores.addAll(scored.logprobs());
            }
        }
        return scores;
    }

    private GenerationRequest request(int[] prompt, int maxTokens) {
        String id = "quality-" + requests.incrementAndGet();
        return GenerationRequest.greedy(id, engine.model().name(), Prompt.of(prompt), maxTokens);
    }

    private List<EngineEvent> read(GenerationRequest request) throws InterruptedException {
        Generation generation = engine.engine().submit(request);
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            EngineEvent event = generation
                    .next(PATIENCE)
                    .orElseThrow(() -> new ForetokenException(
                            ErrorCode.DEADLINE_EXCEEDED, "nothing came within " + PATIENCE.toMinutes() + " minutes"));
            if (event instanceof EngineEvent.Failed failed) {
                throw new ForetokenException(failed.code(), failed.detail());
            }
            events.add(event);
        }
        return events;
    }

    @Override
    public void close() {
        engine.close();
    }
}
