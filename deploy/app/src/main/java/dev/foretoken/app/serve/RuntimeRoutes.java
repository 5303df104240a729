package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/**
 * In role RUNTIME the HTTP port is for the operator alone: health, metrics, version, and adapters that come and go. Answers come through the
 * pod's gRPC port. In role REGISTRY there are no models: beside the operator's routes it shows what the registry holds.
 */
@Provider
@PreMatching
@Priority(Priorities.AUTHENTICATION - 100)
final class RuntimeRoutes implements ContainerRequestFilter {

    private static final Set<String> OPERATORS = Set.of(
            "/health/live",
            "/health/ready",
            "/metrics",
            "/version",
            "/v1/load_lora_adapter",
            "/v1/unload_lora_adapter");

    private final AppConfig config;

    @Inject
    RuntimeRoutes(AppConfig config) {
        this.config = config;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        boolean served = switch (config.role()) {
            case ALL, GATEWAY -> true;
            case RUNTIME -> OPERATORS.contains(path);
            case REGISTRY -> path.startsWith("/registry/") || OPERATORS.contains(path);
        };
        if (!served) {
            throw new NotFoundException();
        }
    }
}
