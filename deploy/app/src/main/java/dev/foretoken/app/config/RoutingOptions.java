package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options about the choice of a pod. */
public final class RoutingOptions {

    @Option(
            names = "--routing-policy",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_ROUTING_POLICY:-expected-ttft}",
            description =
                    "How a gateway chooses between pods: expected-ttft (what a pod has to do and what it holds of the prompt), least-loaded, round-robin or power-of-two. Default: ${DEFAULT-VALUE}.")
    String policy = RoutePolicies.DEFAULT.name();

    @Option(
            names = "--routing-stale-after",
            paramLabel = "MILLIS",
            defaultValue = "${env:FORETOKEN_ROUTING_STALE_AFTER:-1000}",
            description =
                    "A pod's report older than this is not believed: the choice is then between two drawn pods. Default: ${DEFAULT-VALUE}.")
    long staleAfterMillis = FleetConfig.DEFAULT.staleAfter().toMillis();

    @Option(
            names = "--hedge-after",
            paramLabel = "MILLIS",
            defaultValue = "${env:FORETOKEN_HEDGE_AFTER:-0}",
            description =
                    "A request without a first token after this time is sent to a second pod, too, and whichever gives a token first answers: at most one in twenty requests, none of the class batch. 0 = never. Default: ${DEFAULT-VALUE}.")
    long hedgeAfterMillis = CallLimits.DEFAULT.hedgeAfter().toMillis();

    CallLimits calls() {
        return CallLimits.DEFAULT.hedgingAfter(Duration.ofMillis(hedgeAfterMillis));
    }

    @Option(
            names = "--hold-seconds",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_HOLD_SECONDS:-0}",
            description =
                    "How long a gateway holds requests for a model that no runtime pod can answer yet, so that pods may be scaled from zero; 0 = they are refused with 503. Default: ${DEFAULT-VALUE}.")
    long holdSeconds;

    @Option(
            names = "--hold-requests",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_HOLD_REQUESTS:-256}",
            description =
                    "Requests of one tenant that are held at a time, of all models together; more are refused with 429, and twice as many of all tenants. Default: ${DEFAULT-VALUE}.")
    int holdRequests = HoldLimits.OFF.most();

    RoutingConfig config() {
        RoutePolicy named = RoutePolicies.named(policy)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "routing-policy '" + policy + "' must be one of " + RoutePolicies.names()));
        return new RoutingConfig(
                named,
                FleetConfig.DEFAULT.withStaleAfter(Duration.ofMillis(staleAfterMillis)),
                RoutingConfig.DEFAULT.records(),
                new HoldLimits(Duration.ofSeconds(holdSeconds), holdRequests));
    }
}
