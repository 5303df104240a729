package dev.foretoken.routing.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every policy by its name. */
public final class RoutePolicies {

    public static final RoutePolicy DEFAULT = new ExpectedTtft();

    private static final List<RoutePolicy> ALL =
            List.of(DEFAULT, new LeastLoaded(), new RoundRobin(), new PowerOfTwo());

    private static final List<String> WEIGHTS = List.of("about", "delay");

    private RoutePolicies() {}

    public static List<RoutePolicy> all() {
        return ALL;
    }

    public static Optional<RoutePolicy> named(String name) {
        return ALL.stream().filter(policy -> policy.name().equals(name)).findFirst();
    }

    /**
     * A policy with other weights than it comes with.
     *
     * @param weights by the names of {@link ExpectedTtft.Weights}, the only policy that has any; what is not named stays as it is
     * @throws IllegalArgumentException for a policy or a weight that does not exist, or a value that a weight cannot have
     */
    public static RoutePolicy weighted(String name, Map<String, Double> weights) {
        RoutePolicy policy = named(name)
                .orElseThrow(() -> new IllegalArgumentException("policy '" + name + "' must be one of " + names()));
        for (String weight : weights.keySet()) {
            if (!(policy instanceof ExpectedTtft) || !WEIGHTS.contains(weight)) {
                throw new IllegalArgumentException("policy " + name + " has no weight '" + weight + "'; "
                        + DEFAULT.name() + " has " + String.join(", ", WEIGHTS));
            }
        }
        ExpectedTtft.Weights own = ExpectedTtft.Weights.DEFAULT;
        return weights.isEmpty()
                ? policy
                : new ExpectedTtft(new ExpectedTtft.Weights(
                        weights.getOrDefault("about", own.about()), weights.getOrDefault("delay", own.delay())));
    }

    /** For messages: {@code expected-ttft, least-loaded, ...}. */
    public static String names() {
        return ALL.stream().map(RoutePolicy::name).collect(Collectors.joining(", "));
    }
}
