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
import org.jspecify.annotations.Nullable;

/** A gateway's choice, made by what it has heard and sent itself. */
final class SimulatedGateway {

    /** A gateway keeps more of a pod than the pod can hold: what it keeps is what the pod says, not what there is room for. */
    private static final int ROOM = 2;

    private final RoutePolicy policy;
    private final FleetView fleet;
    private final PrefixPlaces places;
    private final PrefixShape shape;
    private final HealthBook health;
    private final Map<String, Integer> pods = new HashMap<>();
    /** Pods that could not be reached when they were last heard of. */
    private final Set<String> away = new HashSet<>();

    private long now;
    /** Where the last request was sent. */
    private @Nullable FleetLook asked;

    private int choice;

    SimulatedGateway(ClusterConfig config, PrefixShape shape) {
        this.policy = config.policy();
        this.shape = shape;
        this.fleet = new FleetView(
                FleetConfig.DEFAULT.withStaleAfter(config.reports().staleAfter()));
        this.places = new PrefixPlaces(shape, ROOM * config.pod().blocks());
        this.health = new HealthBook(HealthConfig.DEFAULT, Telemetry.NONE, () -> now);
    }

    /** Hears of a pod, or that it cannot be reached. */
    void hear(String name, PodReport report, long at) {
        now = at;
        pods.putIfAbsent(name, report.pod());
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

    /** Chooses a pod that is not among {@code avoided} and counts the request there; -1 where none is left to ask. */
    int send(SimulatedRequest request, Set<String> avoided, long at, long draw) {
        now = at;
        ChainHolders held = new ChainHolders(places, request.chain, shape.mostBlocks(request.promptTokens));
        Set<String> excluded = new HashSet<>(request.failed);
        excluded.addAll(avoided);
        FleetQuestion question = new FleetQuestion(
                request.promptTokens, Optional.empty(), excluded, health.open(), held, this::slowness);
        FleetLook look = fleet.look(question, at, draw);
        asked = look;
        choice = policy.choose(look.features());
        if (choice < 0) {
            return -1;
        }
        int cached = look.features().candidates().get(choice).cachedTokens();
        String name = look.endpoints().get(choice);
        request.sent = fleet.sent(name, request.promptTokens, cached, 1, at);
        request.call = health.of(name).asked(at);
        request.asked++;
        return pods.getOrDefault(name, 0);
    }

    /** The pod that has it cannot be reached, or was lost. */
    void lost(SimulatedRequest request, long at) {
        now = at;
        if (request.call != null) {
            request.call.failed(at);
        }
        if (request.sent != null) {
            request.sent.ended();
        }
    }

    /** Too many wait at the pod that the last request was sent to. Returns those to which it is not sent then. */
    Set<String> refused(SimulatedRequest request, long at) {
        now = at;
        if (request.call != null) {
            request.call.released(at);
        }
        if (request.sent != null) {
            request.sent.ended();
        }
        return asked == null ? Set.of() : asked.notInstead(policy, choice);
    }

    private double slowness(String endpoint) {
        return health.of(endpoint).slowness(now);
    }
}
