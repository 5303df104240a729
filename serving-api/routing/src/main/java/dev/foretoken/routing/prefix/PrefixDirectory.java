package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Map<String, Model> models = new ConcurrentHashMap<>();

    /** What is known of one model, and who tells it by endpoint. Never changed. */
    private record Model(List<PrefixPlaces> places, Map<String, EndpointEntry> entries) {
        static final Model NONE = new Model(List.of(), Map.of());
    }

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

    /** Where {@code endpoint} tells of a model that it cuts into blocks like this; who told of it before is not heard any more. */
    public EndpointEntry enter(String endpoint, String model, PrefixShape shape) {
        EndpointEntry[] entered = new EndpointEntry[1];
        models.compute(model, (name, known) -> {
            Model left = without(endpoint, known == null ? Model.NONE : known);
            List<PrefixPlaces> all = new ArrayList<>(left.places());
            PrefixPlaces own = all.stream()
                    .filter(places -> places.shape().equals(shape))
                    .findFirst()
                    .orElseGet(() -> {
                        PrefixPlaces fresh = new PrefixPlaces(shape, blocksPerEndpoint);
                        all.add(fresh);
                        return fresh;
                    });
            entered[0] = new EndpointEntry(this, own, endpoint, model);
            Map<String, EndpointEntry> entries = new HashMap<>(left.entries());
            entries.put(endpoint, entered[0]);
            return new Model(List.copyOf(all), Map.copyOf(entries));
        });
        return entered[0];
    }

    private static Model without(String endpoint, Model known) {
        EndpointEntry there = known.entries().get(endpoint);
        if (there == null) {
            return known;
        }
        there.end();
        Map<String, EndpointEntry> entries = new HashMap<>(known.entries());
        entries.remove(endpoint);
        return new Model(
                known.places().stream().filter(places -> !places.isEmpty()).toList(), Map.copyOf(entries));
    }

    /** Nothing happens where another has entered in its place. */
    void leave(EndpointEntry entry) {
        models.computeIfPresent(entry.model, (name, known) -> {
            Model left = known.entries().get(entry.endpoint) == entry ? without(entry.endpoint, known) : known;
            return left.entries().isEmpty() ? null : left;
        });
    }

    /** Blocks known of all models, each once however many endpoints hold it. */
    public int keys() {
        return models.values().stream()
                .flatMap(model -> model.places().stream())
                .mapToInt(PrefixPlaces::keys)
                .sum();
    }

    /** What is known of a request's prompt. Of a request with an adapter nothing is: adapters are numbered by each process for itself. */
    public PromptPlaces look(String model, GenerationRequest request) {
        boolean shared =
                request.options().adapter().isEmpty() && !request.output().wantsPromptLogprobs();
        List<PrefixPlaces> known =
                shared ? models.getOrDefault(model, Model.NONE).places() : List.of();
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
