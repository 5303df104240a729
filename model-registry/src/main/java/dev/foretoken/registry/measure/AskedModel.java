package dev.foretoken.registry.measure;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** A model of an engine under questions. Any thread may ask; who asks at once is computed at once. */
public final class AskedModel {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Engine engine;
    private final ModelInfo model;
    private final PrefillOptions prefill;
    private final AtomicLong requests = new AtomicLong();

    /** With exact prompts. */
    public AskedModel(Engine engine, ModelInfo model) {
        this(engine, model, PrefillOptions.EXACT);
    }

    /** {@code prefill}: of questions; texts are always scored exactly, since predicted prompts have no scores. */
    public AskedModel(Engine engine, ModelInfo model, PrefillOptions prefill) {
        this.engine = engine;
        this.model = model;
        this.prefill = prefill;
    }

    ModelInfo model() {
        return model;
    }

    /** Continues greedily, to one of {@code stops} at the latest, which is part of the answer then. */
    int[] answer(int[] prompt, int[] stops, int maxTokens) throws InterruptedException {
        GenerationRequest request = request(prompt, maxTokens)
                .withStop(new StopConditions(maxTokens, 0, TokenIds.of(stops)))
                .withOptions(ModelOptions.DEFAULT.withPrefill(prefill));
        return read(request).stream()
                .flatMapToInt(event -> event instanceof EngineEvent.TokenGenerated token
                        ? IntStream.of(token.tokenId())
                        : IntStream.empty())
                .toArray();
    }

    /** What each token of a text scored given those before it, with the most likely {@code alternatives}; of as much as the context holds. */
    List<TokenLogprobs> scores(int[] text, int alternatives) throws InterruptedException {
        int[] fitting = Arrays.copyOf(text, Math.min(text.length, model.contextTokens() - 1));
        GenerationRequest request = request(fitting, 1)
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
        String id = "measure-" + requests.incrementAndGet();
        return GenerationRequest.greedy(id, model.name(), Prompt.of(prompt), maxTokens);
    }

    private List<EngineEvent> read(GenerationRequest request) throws InterruptedException {
        Generation generation = engine.submit(request);
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            EngineEvent event = next(generation);
            if (event instanceof EngineEvent.Failed failed) {
                throw new ForetokenException(failed.code(), failed.detail());
            }
            events.add(event);
        }
        return events;
    }

    static EngineEvent next(Generation generation) throws InterruptedException {
        return generation
                .next(PATIENCE)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.DEADLINE_EXCEEDED, "nothing came within " + PATIENCE.toMinutes() + " minutes"));
    }
}
