package dev.foretoken.routing.fleet;

import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The engines that a choice looks at.
 *
 * @param endpoints their names, as the candidates of {@code features}
 */
public record FleetLook(List<String> endpoints, RouteFeatures features) {

    public FleetLook {
        endpoints = List.copyOf(endpoints);
    }

    /** Engines that were looked at and to which {@code policy} would not send a request that number {@code full} has refused. */
    public Set<String> notInstead(RoutePolicy policy, int full) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < endpoints.size(); i++) {
            if (i != full && !policy.isWorthInstead(features, full, i)) {
                names.add(endpoints.get(i));
            }
        }
        return names;
    }
}
