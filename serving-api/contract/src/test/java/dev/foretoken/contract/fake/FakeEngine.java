package dev.foretoken.contract.fake;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An engine that answers at once with the tokens a test has chosen, or not at all until the test pushes events. */
public final class FakeEngine implements Engine {

    public static final int CONTEXT = 64;

    private final int vocabulary;
    private final LinkedBlockingQueue<FakeGeneration> submitted = new LinkedBlockingQueue<>();
    private volatile ModelInfo info;
    private volatile Consumer<FakeGeneration> behaviour = generation -> {};
    private volatile @Nullable ForetokenException refusal;
    private volatile boolean lends = true;
    private volatile LoadReport load = new LoadReport(List.of(), 0, 0, false);

    public FakeEngine(String model, int vocabulary) {
        this.vocabulary = vocabulary;
        this.info = ModelInfo.of(model, ModelState.READY, Instant.EPOCH)
                .withSizes(new ModelInfo.Sizes(vocabulary, CONTEXT))
                .withComputation(new ModelInfo.Computation("fake", "fake-1", new HeldAs("Q8_0 + BF16", 4096, "f16")));
    }

    /** Answers each request with the events that are written for it, which may be none; a script that throws refuses the request. */
    public static FakeEngine scripted(String model, Function<GenerationRequest, List<EngineEvent>> script) {
        return new FakeEngine(model, 1000)
                .behaving(generation -> script.apply(generation.request()).forEach(generation::push));
    }

    /** Every choice of a later request gets these tokens up to its limit, then ends: with STOP_TOKEN at one of its stop tokens. */
    public FakeEngine answering(int... ids) {
        behaviour = generation -> answer(generation, ids);
        return this;
    }

    public FakeEngine behaving(Consumer<FakeGeneration> newBehaviour) {
        behaviour = newBehaviour;
        return this;
    }

    public FakeEngine refusing(@Nullable ForetokenException with) {
        refusal = with;
        return this;
    }

    /** Readers have to wait for events; until told otherwise, those who push events run what readers give them. */
    public FakeEngine lendingNoThreads() {
        lends = false;
        return this;
    }

    /** A model that is loading tells no sizes, as in an engine that does not know them before. */
    public FakeEngine withState(ModelState state) {
        boolean known = state != ModelState.LOADING;
        info = info.withStanding(ModelInfo.Standing.of(state, info.loadedAt()))
                .withSizes(known ? new ModelInfo.Sizes(vocabulary, CONTEXT) : ModelInfo.Sizes.UNKNOWN);
        return this;
    }

    /** Engines with equal ids answer bit for bit alike. */
    public FakeEngine computing(String numericsId) {
        ModelInfo.Computation now = info.computation();
        info = info.withComputation(new ModelInfo.Computation(now.runtime(), numericsId, now.heldAs()));
        return this;
    }

    public FakeEngine withAdapters(AdapterInfo... adapters) {
        info = info.withOffer(info.offer().withAdapters(List.of(adapters)));
        return this;
    }

    /** The ways in which prompts can come into its caches; until told otherwise they are computed. */
    public FakeEngine offering(PrefillMode... modes) {
        info = info.withOffer(info.offer().withPrefillModes(List.of(modes)));
        return this;
    }

    public FakeEngine reporting(LoadReport report) {
        load = report;
        return this;
    }

    /** The next request that arrived, waiting for it at most ten seconds. */
    public FakeGeneration nextSubmitted() throws InterruptedException {
        FakeGeneration next = submitted.poll(2, TimeUnit.MINUTES);
        if (next == null) {
            throw new AssertionError("no request arrived within 10 s");
        }
        return next;
    }

    public void forgetSubmitted() {
        submitted.clear();
    }

    public int submittedCount() {
        return submitted.size();
    }

    @Override
    public Generation submit(GenerationRequest request) {
        ForetokenException refused = refusal;
        if (refused != null) {
            throw refused;
        }
        FakeGeneration generation = new FakeGeneration(request, lends);
        submitted.add(generation);
        behaviour.accept(generation);
        return generation;
    }

    private static void answer(FakeGeneration generation, int[] ids) {
        GenerationRequest request = generation.request();
        for (int choice = 0; choice < request.choices(); choice++) {
            generation.started(choice, 0);
            if (request.output().wantsPromptLogprobs()) {
                generation.push(new EngineEvent.PromptScored(choice, promptLogprobs(request)));
            }
            answer(generation, choice, ids);
        }
    }

    private static void answer(FakeGeneration generation, int choice, int[] ids) {
        GenerationRequest request = generation.request();
        int limit = Math.min(request.stop().maxTokens(), ids.length);
        for (int i = 0; i < limit; i++) {
            generation.token(choice, ids[i]);
            if (request.stop().stopTokens().contains(ids[i])) {
                generation.finished(choice, FinishReason.STOP_TOKEN);
                return;
            }
        }
        generation.finished(choice, FinishReason.LENGTH);
    }

    private static List<TokenLogprobs> promptLogprobs(GenerationRequest request) {
        return request.prompt().tokens().stream()
                .skip(1)
                .mapToObj(id -> logprobs(id, request.output().promptLogprobs()))
                .toList();
    }

    /** The token itself at -0.5, alternatives counting down from id 60 at -1, -2, ... */
    static TokenLogprobs logprobs(int id, int top) {
        float[] values = new float[top];
        for (int i = 0; i < top; i++) {
            values[i] = -1f - i;
        }
        return new TokenLogprobs(
                id, -0.5f, 1, IntStream.range(0, top).map(i -> 60 - i).toArray(), values);
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(info);
    }

    @Override
    public LoadReport report() {
        return load;
    }
}
