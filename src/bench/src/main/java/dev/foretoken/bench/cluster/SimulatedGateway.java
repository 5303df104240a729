package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.routing.fleet.EndpointReport;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.fleet.FleetQuestion;
import dev.foretoken.routing.fleet.FleetView;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.Standing;
import dev.foretoken.routing.prefix.PrefixPlaces;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A gateway's choice, made by what it has heard and sent itself. */
final class SimulatedGateway {

    /** A gateway keeps more of a pod than the pod can hold: what it keeps is what the pod says, not what there is room for. */
    private static final int ROOM = 2;

    private final RoutePolicy policy;
    private final FleetView fleet;
    private final PrefixPlaces places;
    private final PrefixShape shape;
    private final HealthBook health;
    private final String[] names;
    private final Map<String, Integer> numbers = new HashMap<>();
    /** Pods that could not be reached when they were last heard of. */
    private final Set<String> away = new HashSet<>();

    private long now;

    SimulatedGateway(ClusterConfig config, PrefixShape shape) {
        this.policy = config.policy();
        this.shape = shape;
        this.fleet = new FleetView(
                FleetConfig.DEFAULT.withStaleAfter(config.reports().staleAfter()));
        this.places = new PrefixPlaces(shape, ROOM * config.pod().blocks());
        this.health = new HealthBook(HealthConfig.DEFAULT, Telemetry.NONE, () -> now);
        this.names = new String[config.pods()];
        for (int pod = 0; pod < names.length; pod++) {
            names[pod] = "pod-" + pod;
            numbers.put(names[pod], pod);
        }
    }

    /** Hears of a pod, or that it cannot be reached. */
    void hear(PodReport report, long at) {
        now = at;
        String name = names[report.pod()];
        if (report.load().isEmpty()) {
            away.add(name);
            places.forget(name);
            fleet.report(name, new EndpointReport(Standing.NOT_READY, Set.of(), report.load(), at));
            health.of(name).seen(false, at);
            return;
        }
        if (away.remove(name)) {
            health.of(name).seen(true, at);
        }
        fleet.report(name, new EndpointReport(Standing.READY, Set.of(), report.load(), at));
        places.apply(name, report.changes());
    }

    /** Chooses the pod that a request is sent to and counts it there, unless none is left to ask. */
    boolean choose(SimulatedRequest request, long at, long draw) {
        now = at;
        ChainHolders held = new ChainHolders(places, request.chain, shape.mostBlocks(request.promptTokens));
        FleetQuestion question = new FleetQuestion(
                request.promptTokens, Optional.empty(), excluded(request), health.open(), held, this::slowness);
        FleetLook look = fleet.look(question, at, draw);
        int choice = policy.choose(look.features());
        if (choice < 0) {
            return false;
        }
        int cached = look.features().candidates().get(choice).cachedTokens();
        String name = look.endpoints().get(choice);
        request.look = look;
        request.choice = choice;
        request.sent = fleet.sent(name, request.promptTokens, cached, 1, at);
        request.call = health.of(name).asked(at);
        request.asked++;
        request.pod = numbers.getOrDefault(name, 0);
        return true;
    }

    private static Set<String> excluded(SimulatedRequest request) {
        if (request.avoided.isEmpty()) {
            return request.failed;
        }
        Set<String> excluded = new HashSet<>(request.failed);
        excluded.addAll(request.avoided);
        return excluded;
    }

    /** The pod that has it has begun to answer. */
    void answered(SimulatedRequest request, long at) {
        now = at;
        if (request.call != null) {
            request.call.succeeded(at);
        }
    }

    /** Takes back what the pod that has it does not answer, or no further, and returns what is left of it, for another pod. */
    SimulatedRequest goOn(PodNews.Returned returned, long at) {
        now = at;
        SimulatedRequest request = returned.request();
        SimulatedRequest rest = request.rest(names[request.pod]);
        boolean full = returned.cause() == PodNews.Cause.FULL;
        if (request.call != null) {
            if (full) {
                request.call.released(at);
            } else {
                request.call.failed(at);
            }
        }
        if (request.sent != null) {
            request.sent.ended();
        }
        switch (returned.cause()) {
            case FULL -> rest.avoid(request.look == null ? Set.of() : request.look.notInstead(policy, request.choice));
            case DOWN -> rest.avoided = Set.of();
            case LOST -> rest.moves();
        }
        return rest;
    }

    private double slowness(String endpoint) {
        return health.of(endpoint).slowness(now);
    }
}
