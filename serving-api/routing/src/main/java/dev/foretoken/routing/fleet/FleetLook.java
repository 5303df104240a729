package dev.foretoken.routing.fleet;

import dev.foretoken.routing.policy.RouteFeatures;
import java.util.List;

/**
 * The engines that a choice looks at.
 *
 * @param endpoints their names, as the candidates of {@code features}
 */
public record FleetLook(List<String> endpoints, RouteFeatures features) {

    public FleetLook {
        endpoints = List.copyOf(endpoints);
    }
}
