package dev.foretoken.app.command.routes;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.routing.decision.RouteReplay;
import dev.foretoken.routing.decision.RouteReplayer;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Other policies on recorded decisions. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Applies policies to recorded decisions and says how many choices each changes, and what time to the first token is expected then. Needs no server.",
        footer = {
            "",
            "Each decision is replayed by itself: what a changed choice would have changed for later requests is not in it (for that there is",
            "'foretoken bench cluster'). All times are by one estimate, that of expected-ttft with what pods had measured of themselves.",
        },
        sortOptions = false)
final class ReplayCommand implements Callable<Integer> {

    private static final int MOST_CHANGES = 10_000;

    @Parameters(paramLabel = "FILE", description = "That 'foretoken routes record' wrote.")
    private Path file = Path.of("");

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            split = ",",
            description =
                    "expected-ttft, least-loaded, round-robin or power-of-two; several with commas. Default: every one, or expected-ttft with --weights.")
    private List<String> policies = List.of();

    @Option(
            names = "--weights",
            paramLabel = "NAME=VALUE",
            split = ",",
            description =
                    "Of expected-ttft: about (so many times the least price is as good as it; 1.05) and delay (how often a prompt's own time counts once more for each sequence at a pod; 1).")
    private Map<String, Double> weights = Map.of();

    @Option(
            names = "--changes",
            paramLabel = "N",
            defaultValue = "0",
            description = "Also lists up to so many changed choices of each policy. Default: ${DEFAULT-VALUE}.")
    private int changes;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (changes < 0 || changes > MOST_CHANGES) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "changes=" + changes + ", must be in [0, " + MOST_CHANGES + "]");
        }
        List<RouteReplayer> replayers = chosen().stream()
                .map(policy -> new RouteReplayer(policy, changes))
                .toList();
        new RecordedFile(file).each(decision -> replayers.forEach(replayer -> replayer.add(decision)));
        List<RouteReplay> results =
                replayers.stream().map(RouteReplayer::result).toList();
        if (json) {
            System.out.println(ReplayText.json(results).toPrettyString());
        } else {
            ReplayText.print(results, System.out);
        }
        return 0;
    }

    private List<RoutePolicy> chosen() {
        if (policies.isEmpty() && weights.isEmpty()) {
            return RoutePolicies.all();
        }
        try {
            return (policies.isEmpty() ? List.of(RoutePolicies.DEFAULT.name()) : policies)
                    .stream().map(name -> RoutePolicies.weighted(name, weights)).toList();
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, String.valueOf(e.getMessage()), e);
        }
    }
}
