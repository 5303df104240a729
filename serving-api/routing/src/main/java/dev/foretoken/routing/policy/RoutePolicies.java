package dev.foretoken.routing.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every policy by its name. */
public final class RoutePolicies {

    public static final RoutePolicy DEFAULT = new ExpectedTtft();

    private static final List<RoutePolicy> ALL =
            List.of(DEFAULT, new LeastLoaded(), new RoundRobin(), new PowerOfTwo());

    private RoutePolicies() {}

    public static Optional<RoutePolicy> named(String name) {
        return ALL.stream().filter(policy -> policy.name().equals(name)).findFirst();
    }

    /** For messages: {@code expected-ttft, least-loaded, ...}. */
    public static String names() {
        return ALL.stream().map(RoutePolicy::name).collect(Collectors.joining(", "));
    }
}
