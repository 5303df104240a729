package dev.foretoken.scheduler;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeReference.Prefilled;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.PartShape;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Requests of every kind, many of them with common prefixes within and across tenants. */
final class RandomRequests {

    private final Random random;
    private final FakeModel model;
    private final int context;
    private final List<int[]> stems = new ArrayList<>();
    private final List<GenerationRequest> asked = new ArrayList<>();
    private final FakeReference reference;
    private int next;

    RandomRequests(Random random, FakeModel model) {
        this.random = random;
        this.model = model;
        this.context = model.shape().contextTokens();
        this.reference = new FakeReference(model.shape());
        for (int i = 0; i < 3; i++) {
            stems.add(random.ints(context, 0, RandomModel.VOCABULARY).toArray());
        }
    }

    GenerationRequest next() {
        boolean another = !asked.isEmpty() && random.nextInt(3) == 0;
        GenerationRequest before = another ? asked.get(random.nextInt(asked.size())) : null;
        RequestIdentity identity = before == null ? identity() : before.identity();
        GenerationRequest request = new GenerationRequest(
                new RequestIdentity("r" + next++, identity.tenant(), identity.cacheSalt()),
                "m",
                before == null ? prompt() : turnAfter(before),
                choices(),
                sampling(),
                stop(),
                output(),
                service().withWeight(weight(identity)),
                options());
        asked.add(request);
        return request;
    }

    /** The same request with the beginnings of its answers, some of them whole, as if another engine had been lost behind them. */
    GenerationRequest cut(GenerationRequest request, Random cuts) {
        List<Resumed.Choice> choices = new ArrayList<>();
        for (int choice = 0; choice < request.choices(); choice++) {
            List<Integer> answer = reference.tokens(request, choice);
            int[] known = answer.stream()
                    .limit(cuts.nextInt(answer.size() + 1))
                    .mapToInt(Integer::intValue)
                    .toArray();
            choices.add(new Resumed.Choice(TokenIds.of(known), cuts.nextInt(4) == 0));
        }
        return request.withResumed(new Resumed(choices));
    }

    /** Most requests to a model that predicts leave it to the scheduler or ask for it. */
    private ModelOptions options() {
        if (!model.capabilities().has(Feature.PREDICTION)
                || model.shape().parts().size() < 2
                || model.shape().parts().get(1).role() != PartShape.Role.AUXILIARY) {
            return ModelOptions.DEFAULT;
        }
        PrefillMode mode = PrefillMode.values()[random.nextInt(PrefillMode.values().length)];
        Repair repair = switch (random.nextInt(4)) {
            case 0 -> Repair.NEVER;
            case 1 -> new Repair.After(1 + random.nextInt(12));
            default -> Repair.SLACK;
        };
        return new ModelOptions(new PrefillOptions(mode, repair), Optional.empty(), Optional.empty());
    }

    private RequestIdentity identity() {
        return new RequestIdentity("", "tenant" + random.nextInt(3), random.nextInt(4) == 0 ? "salt" : "");
    }

    /** So different that one is far behind another after a few tokens. */
    private static int weight(RequestIdentity identity) {
        return switch (identity.tenant()) {
            case "tenant0" -> 1;
            case "tenant1" -> ServiceLevel.DEFAULT_WEIGHT;
            default -> ServiceLevel.MAX_WEIGHT;
        };
    }

    /** The next turn of a conversation: what was asked, what was or will be answered, or the beginning of it, and what is asked then. */
    private Prompt turnAfter(GenerationRequest before) {
        boolean predicted = before.options().prefill().mode() != PrefillMode.EXACT && random.nextBoolean();
        Prefilled how = predicted ? Prefilled.predictedFrom(0) : Prefilled.EXACT;
        List<Integer> answer = reference.tokens(before, random.nextInt(before.choices()), how);
        IntStream known = IntStream.concat(
                IntStream.of(before.prompt().tokens().toArray()),
                answer.stream().limit(random.nextInt(answer.size() + 1)).mapToInt(Integer::intValue));
        int[] tokens = IntStream.concat(known, random.ints(random.nextInt(12), 0, RandomModel.VOCABULARY))
                .limit(context - 1)
                .toArray();
        boolean whole = tokens.length >= before.prompt().size();
        return new Prompt(TokenIds.of(tokens), whole ? before.prompt().embeddings() : List.of());
    }

    private int choices() {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 1;
    }

    private Prompt prompt() {
        int length = 1 + random.nextInt(context - 1);
        int[] tokens = java.util.Arrays.copyOf(stems.get(random.nextInt(stems.size())), length);
        for (int i = random.nextInt(length + 1); i < length; i++) {
            tokens[i] = random.nextInt(RandomModel.VOCABULARY);
        }
        return new Prompt(TokenIds.of(tokens), embeddings(length));
    }

    private List<EmbeddingSpan> embeddings(int length) {
        if (!model.capabilities().has(Feature.EMBEDDING_ROWS) || random.nextInt(5) > 0) {
            return List.of();
        }
        int first = random.nextInt(length);
        byte[] hash = new byte[16];
        hash[0] = (byte) random.nextInt(2);
        return List.of(new EmbeddingSpan(first, 1 + random.nextInt(length - first), MemorySegment.NULL, hash));
    }

    private SamplingParams sampling() {
        if (random.nextBoolean()) {
            return SamplingParams.GREEDY;
        }
        return new SamplingParams(1f, 0, 1f, 0f, Penalties.NONE, LogitBias.NONE, random.nextInt(3));
    }

    private StopConditions stop() {
        TokenIds stops = random.nextBoolean() ? TokenIds.EMPTY : TokenIds.of(1, 2, random.nextInt(40));
        int most = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(30);
        return new StopConditions(most, random.nextInt(3) == 0 ? random.nextInt(most + 1) : 0, stops);
    }

    private OutputOptions output() {
        boolean scores = model.capabilities().has(Feature.PROMPT_LOGPROBS) && random.nextInt(5) == 0;
        return new OutputOptions(
                random.nextInt(4) == 0 ? random.nextInt(3) : -1, scores ? random.nextInt(3) : -1, false);
    }

    private ServiceLevel service() {
        Priority priority = Priority.values()[random.nextInt(Priority.values().length)];
        Optional<Duration> timeout =
                random.nextInt(6) == 0 ? Optional.of(Duration.ofNanos(random.nextInt(200))) : Optional.empty();
        Optional<Duration> hoped =
                random.nextInt(3) == 0 ? Optional.of(Duration.ofNanos(random.nextInt(100))) : Optional.empty();
        return new ServiceLevel(priority, timeout, hoped);
    }
}
