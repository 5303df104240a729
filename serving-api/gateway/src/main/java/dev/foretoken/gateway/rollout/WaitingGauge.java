package dev.foretoken.gateway.rollout;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Duration;
import java.util.List;

/** How many sequences wait for a model in an engine, on average; looked at now and then, since there may be many engines. Any thread. */
final class WaitingGauge {

    private static final long KEPT = Duration.ofMillis(100).toNanos();

    private boolean known;
    private long lookedAt;
    private double waiting;

    synchronized double of(ServedModel model, long now) {
        if (!known || now - lookedAt >= KEPT) {
            known = true;
            lookedAt = now;
            waiting = mean(model.endpoints(), model.engineModel());
        }
        return waiting;
    }

    private static double mean(List<EngineEndpoint> endpoints, String model) {
        return endpoints.stream()
                .flatMap(endpoint -> endpoint.load(model).stream())
                .mapToInt(ModelLoad::waiting)
                .average()
                .orElse(0);
    }
}
