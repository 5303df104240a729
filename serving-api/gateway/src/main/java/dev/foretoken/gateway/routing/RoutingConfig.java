package dev.foretoken.gateway.routing;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;

/**
 * How engines are chosen.
 *
 * @param records newest decisions that are kept to be read
 * @param hold how requests wait for an engine where none is there
 */
public record RoutingConfig(RoutePolicy policy, FleetConfig fleet, int records, HoldLimits hold) {

    public static final RoutingConfig DEFAULT = new RoutingConfig(RoutePolicies.DEFAULT, FleetConfig.DEFAULT, 4096);

    /** None waits. */
    public RoutingConfig(RoutePolicy policy, FleetConfig fleet, int records) {
        this(policy, fleet, records, HoldLimits.OFF);
    }

    public RoutingConfig {
        requireRange("routing.records", records, 1, 1 << 16);
    }
}
