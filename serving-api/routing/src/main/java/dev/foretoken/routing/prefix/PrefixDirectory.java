package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The places of every model's prompts. Endpoints that cut a model's prompts into other blocks have places of their own, so that two versions of
 * a pod can stand side by side. Any thread may call it.
 */
public final class PrefixDirectory {

    /** Of each endpoint and model: 32,768 blocks of 32 tokens are a million tokens. */
    public static final int DEFAULT_BLOCKS_PER_ENDPOINT = 1 << 15;

    private final byte[] secret;
    private final long scheme;
    private final int blocksPerEndpoint;
    private final Map<String, List<PrefixPlaces>> models = new ConcurrentHashMap<>();

    /**
     * @param secret {@link dev.foretoken.contract.prefix.PrefixSecret#shared} where endpoints are pods
     * @param blocksPerEndpoint keys kept of each endpoint and model; those longest without use behind them go first
     */
    public PrefixDirectory(byte[] secret, int blocksPerEndpoint) {
        this.secret = secret.clone();
        this.scheme = new PrefixHasher(secret).scheme();
        this.blocksPerEndpoint = blocksPerEndpoint;
    }

    /** How keys are made here: an endpoint that makes them otherwise can tell nothing. */
    public long scheme() {
        return scheme;
    }

    /** Where {@code endpoint} tells of a model that it cuts into blocks like this; what it told of other blocks is forgotten. */
    public PrefixPlaces enter(String endpoint, String model, PrefixShape shape) {
        leave(endpoint, model);
        return models
                .compute(model, (name, known) -> {
                    List<PrefixPlaces> all = new ArrayList<>(known == null ? List.of() : known);
                    if (all.stream().noneMatch(places -> places.shape().equals(shape))) {
                        all.add(new PrefixPlaces(shape, blocksPerEndpoint));
                    }
                    all.forEach(places -> enter(places, endpoint, shape));
                    return List.copyOf(all);
                })
                .stream()
                .filter(places -> places.shape().equals(shape))
                .findFirst()
                .orElseThrow();
    }

    private static void enter(PrefixPlaces places, String endpoint, PrefixShape shape) {
        if (places.shape().equals(shape)) {
            places.apply(endpoint, List.of());
        }
    }

    /** {@code endpoint} does not serve the model any more, or cannot be reached. */
    public void leave(String endpoint, String model) {
        models.computeIfPresent(model, (name, known) -> {
            known.forEach(places -> places.forget(endpoint));
            List<PrefixPlaces> left =
                    known.stream().filter(places -> !places.isEmpty()).toList();
            return left.isEmpty() ? null : left;
        });
    }

    /** Blocks known of all models, each once however many endpoints hold it. */
    public int keys() {
        return models.values().stream()
                .flatMap(List::stream)
                .mapToInt(PrefixPlaces::keys)
                .sum();
    }

    /** What is known of a request's prompt. Of a request with an adapter nothing is: adapters are numbered by each process for itself. */
    public PromptPlaces look(String model, GenerationRequest request) {
        boolean shared =
                request.options().adapter().isEmpty() && !request.output().wantsPromptLogprobs();
        List<PrefixPlaces> known = shared ? models.getOrDefault(model, List.of()) : List.of();
        return new PromptPlaces(
                known.stream()
                        .map(places -> new PromptPlaces.Chain(places, chain(places, model, request)))
                        .toList(),
                request.prompt().size());
    }

    private TokenChain chain(PrefixPlaces places, String model, GenerationRequest request) {
        return new TokenChain(
                new PrefixHasher(secret),
                places.shape().scope(request, model, ""),
                request.prompt().tokens()::get,
                request.prompt().embeddings(),
                places.shape().blockTokens());
    }
}
