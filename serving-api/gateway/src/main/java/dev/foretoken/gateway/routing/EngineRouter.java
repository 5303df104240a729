package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.decision.RouteRecorder;
import dev.foretoken.routing.decision.RouteRing;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.fleet.FleetQuestion;
import dev.foretoken.routing.fleet.HeldPrefixes;
import dev.foretoken.routing.fleet.PromptHolders;
import dev.foretoken.routing.health.HealthBook;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the engine of a request by a policy over what engines report, what was sent there, and what they hold of the prompt. Every choice
 * becomes a record. Any thread may call it.
 */
public final class EngineRouter {

    /** Models whose engines are remembered; those asked for least lately are forgotten. */
    private static final int MOST_MODELS = 1024;
    /** An engine may leave between a look and the choice: so often it is looked again. */
    private static final int LOOKS = 3;

    private final RouteRecorder recorder;
    private final FleetConfig fleet;
    private final RouteRing records;
    private final RouteSources sources;
    private final Map<String, ModelFleet> fleets = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ModelFleet> eldest) {
            return size() > MOST_MODELS;
        }
    };

    public EngineRouter(RoutingConfig config, RouteSources sources) {
        this.recorder = new RouteRecorder(config.policy());
        this.fleet = config.fleet();
        this.records = new RouteRing(config.records());
        this.sources = sources;
    }

    /** With everything at its default, for tools that have one engine. */
    public EngineRouter() {
        this(RoutingConfig.DEFAULT, RouteSources.system());
    }

    /** How requests fare in engines: who sends them says it. */
    HealthBook health() {
        return sources.health();
    }

    /** On the clock of all times here, in nanoseconds. */
    long now() {
        return sources.nanos().getAsLong();
    }

    /** Engines that a request had better not be sent to because the one it was sent to is full: it would cost the others there too much. */
    Set<String> notInstead(Route route) {
        RouteDecision decision = route.decision();
        List<String> names = decision.candidates().stream()
                .map(RouteDecision.Candidate::endpoint)
                .toList();
        return new FleetLook(names, decision.features()).notInstead(recorder.policy(), decision.chosen());
    }

    /** The newest decisions. */
    public RouteRing records() {
        return records;
    }

    /** Records that a request was refused before an engine was looked for, and returns the record's id. */
    public String turnAway(String tenant, ErrorCode why) {
        return turnAway("", tenant, why);
    }

    /** The same of a request for {@code model} that has waited for an engine, or had no room to. */
    public String turnAway(String model, String tenant, ErrorCode why) {
        String id = newId();
        records.add(
                recorder.turnAway(new RouteRecorder.Caller(id, sources.wall().instant(), model, tenant), why));
        return id;
    }

    /** @throws ForetokenException REPLICA_UNAVAILABLE where no engine is known, or none that is not excluded */
    public Route choose(RouteQuery query) {
        ModelFleet engines = fleet(query.model().engineModel());
        HeldPrefixes held = held(query);
        for (int look = 1; ; look++) {
            long now = now();
            Map<String, EngineEndpoint> endpoints = engines.refresh(query.model(), sources.health(), now);
            RouteDecision decision = decide(query, engines, held, now);
            EngineEndpoint chosen = decision.endpoint().map(endpoints::get).orElse(null);
            if (chosen != null) {
                records.add(decision);
                query.told().accept(decision.id());
                return new Route(chosen, decision, engines.view(), sources.nanos());
            }
            if (look == LOOKS) {
                ForetokenException refusal = unavailable(query);
                records.add(decision.refused(refusal.code()));
                query.told().accept(decision.id());
                throw refusal;
            }
        }
    }

    private RouteDecision decide(RouteQuery query, ModelFleet engines, HeldPrefixes held, long now) {
        FleetQuestion question = new FleetQuestion(
                query.work().tokens(),
                query.model().adapter(),
                query.excluded(),
                sources.health().open(),
                held,
                endpoint -> sources.health().of(endpoint).slowness(now));
        return recorder.decide(
                new RouteRecorder.Caller(
                        newId(),
                        sources.wall().instant(),
                        query.model().publicName(),
                        query.work().tenant(),
                        query.cause()),
                engines.view().look(question, now, sources.random().nextLong()));
    }

    private HeldPrefixes held(RouteQuery query) {
        return query.work()
                .generation()
                .flatMap(request -> sources.prefixes().map(places -> (HeldPrefixes)
                        new PromptHolders(places.look(query.model().engineModel(), request))))
                .orElse(HeldPrefixes.NONE);
    }

    private ModelFleet fleet(String model) {
        synchronized (fleets) {
            return fleets.computeIfAbsent(model, name -> new ModelFleet(fleet));
        }
    }

    private String newId() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(sources.random().nextLong())
                + hex.toHexDigits(sources.random().nextLong());
    }

    private static ForetokenException unavailable(RouteQuery query) {
        return query.excluded().isEmpty()
                ? unavailable(query.model())
                : new ForetokenException(
                                ErrorCode.REPLICA_UNAVAILABLE,
                                "no engine that may be asked serves model '"
                                        + query.model().publicName() + "' now; try again shortly")
                        .withRetryAfter(Duration.ofSeconds(1));
    }

    private static ForetokenException unavailable(ServedModel model) {
        return new ForetokenException(
                        ErrorCode.REPLICA_UNAVAILABLE,
                        "no runtime pod is known for model '" + model.publicName() + "' yet; try again shortly")
                .withRetryAfter(Duration.ofSeconds(1));
    }

    private static List<EngineEndpoint> endpoints(ServedModel model) {
        List<EngineEndpoint> endpoints = model.servingEndpoints();
        if (endpoints.isEmpty()) {
            throw unavailable(model);
        }
        return endpoints;
    }

    /**
     * The engine of everything that has one key: it follows from the key and from the names of the engines that can answer, and stays while that
     * engine can. When none is ready, one of those that can load the model, else one of all.
     *
     * @throws ForetokenException REPLICA_UNAVAILABLE while no engine is known
     */
    public EngineEndpoint home(ServedModel model, int key) {
        List<EngineEndpoint> endpoints = endpoints(model);
        List<EngineEndpoint> able =
                endpoints.stream().filter(endpoint -> isReady(endpoint, model)).toList();
        if (able.isEmpty()) {
            able = endpoints.stream()
                    .filter(endpoint -> canLoad(endpoint, model))
                    .toList();
        }
        return (able.isEmpty() ? endpoints : able)
                .stream()
                        .max(Comparator.comparingLong(endpoint -> weight(endpoint.name(), key)))
                        .orElseThrow();
    }

    /** Rendezvous hashing: the key goes where its weight is largest, so an engine that leaves moves only its own keys. */
    private static long weight(String endpoint, int key) {
        long mixed = (long) endpoint.hashCode() << 32 | Integer.toUnsignedLong(key);
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L; // the finisher of SplitMix64
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    private static boolean canLoad(EngineEndpoint endpoint, ServedModel model) {
        return endpoint.info(model.engineModel())
                .filter(info -> info.state() == ModelState.AVAILABLE || info.state() == ModelState.LOADING)
                .isPresent();
    }

    private static boolean isReady(EngineEndpoint endpoint, ServedModel model) {
        return endpoint.info(model.engineModel())
                .filter(info -> info.state() == ModelState.READY)
                .filter(info -> model.adapter().map(info::hasAdapter).orElse(true))
                .isPresent();
    }
}
