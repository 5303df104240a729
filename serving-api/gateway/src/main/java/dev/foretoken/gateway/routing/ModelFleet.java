package dev.foretoken.gateway.routing;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ReportedEngine;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.fleet.EndpointReport;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.fleet.FleetView;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.policy.Standing;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The engines of one model and the view of them. Few engines are asked before every choice; many are asked together now and then, so that a
 * choice does not take longer with each one.
 */
final class ModelFleet {

    private static final long INTERVAL_NANOS = Duration.ofMillis(20).toNanos();

    private final FleetView view;
    private final int few;
    private Map<String, EngineEndpoint> endpoints = Map.of();
    private boolean asked;
    private long askedAt;

    ModelFleet(FleetConfig config) {
        this.view = new FleetView(config);
        this.few = config.lookAtAll();
    }

    FleetView view() {
        return view;
    }

    /** The engines by name, of which the view has heard. */
    synchronized Map<String, EngineEndpoint> refresh(ServedModel model, HealthBook health, long now) {
        if (asked && endpoints.size() > few && now - askedAt < INTERVAL_NANOS) {
            return endpoints;
        }
        asked = true;
        askedAt = now;
        Map<String, EngineEndpoint> found = new HashMap<>();
        List<EngineEndpoint> listed = model.servingEndpoints();
        listed.forEach(endpoint -> found.put(endpoint.name(), endpoint));
        if (!found.keySet().equals(endpoints.keySet())) {
            view.keep(found.keySet());
        }
        for (EngineEndpoint endpoint : listed) {
            view.report(endpoint.name(), report(endpoint, model.engineModel(), now));
            health.of(endpoint.name()).seen(canAnswer(endpoint), now);
        }
        endpoints = Map.copyOf(found);
        return endpoints;
    }

    /** Whatever it is asked for: another of its models says nothing of the engine itself. */
    private static boolean canAnswer(EngineEndpoint endpoint) {
        return endpoint.engine().models().stream().anyMatch(info -> info.state() == ModelState.READY);
    }

    private static EndpointReport report(EngineEndpoint endpoint, String model, long now) {
        long at = endpoint.engine() instanceof ReportedEngine reported ? reported.reportedAt() : now;
        Set<String> adapters = endpoint.info(model)
                .map(info -> info.adapters().stream().map(AdapterInfo::name).collect(Collectors.toSet()))
                .orElse(Set.of());
        return new EndpointReport(standing(endpoint, model), adapters, endpoint.load(model), at);
    }

    private static Standing standing(EngineEndpoint endpoint, String model) {
        return endpoint.info(model)
                .map(ModelInfo::state)
                .map(state -> switch (state) {
                    case READY -> endpoint.engine().report().draining() ? Standing.DRAINING : Standing.READY;
                    case AVAILABLE, LOADING -> Standing.LOADABLE;
                    case DRAINING -> Standing.DRAINING;
                    case FAILED -> Standing.NOT_READY;
                })
                .orElse(Standing.NOT_READY);
    }
}
