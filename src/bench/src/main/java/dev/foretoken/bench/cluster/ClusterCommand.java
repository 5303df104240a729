package dev.foretoken.bench.cluster;

import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Simulates a cluster in virtual time, once for each policy, number of gateways and rate that is asked for. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Simulates gateways and pods in virtual time with the real routing, and compares policies.",
        footer = {
            "",
            "Example: bench cluster --scenario chat --policy expected-ttft,least-loaded --rate 1,2,4,8 --svg cluster.svg"
        })
public final class ClusterCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--scenario",
            defaultValue = "CHAT",
            description =
                    "${COMPLETION-CANDIDATES}: 4 pods with shared prompts; 1,000 pods and 100,000 requests a second for a minute;"
                            + " 1,000 pods for a day (default: ${DEFAULT-VALUE}).")
    private ClusterScenario scenario = ClusterScenario.CHAT;

    @Option(
            names = "--policy",
            split = ",",
            defaultValue = "expected-ttft",
            description = "expected-ttft, least-loaded, round-robin, power-of-two (default: ${DEFAULT-VALUE}).")
    private List<String> policies = List.of();

    @Option(names = "--gateways", split = ",", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private List<Integer> gateways = List.of();

    @Option(names = "--rate", split = ",", description = "Requests a second (default: the scenario's).")
    private List<Double> rates = new ArrayList<>();

    @Option(
            names = "--pods",
            split = ",",
            description =
                    "Default: the scenario's. Of several numbers each gets --rate in proportion, which is then that of the first.")
    private List<Integer> pods = new ArrayList<>();

    @Option(
            names = "--tenant",
            paramLabel = "TENANT",
            description = {
                "Again for each tenant that asks: " + TenantShare.FORM + ".",
                "Weights and priorities count in the real scheduler (--scheduler) alone."
            })
    private List<String> tenants = new ArrayList<>();

    @Option(
            names = "--fail-every",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Mean time that a pod runs until it fails (default: none fails).")
    private double failEvery;

    @Option(
            names = "--down",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Until a pod that failed is back (default: ${DEFAULT-VALUE}).")
    private double down;

    @Option(names = "--seconds", description = "Virtual time in which requests come (default: the scenario's).")
    private @Nullable Double seconds;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Decides all that is drawn (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--scheduler", description = "Pods are the real scheduler, not the faster model of it.")
    private boolean scheduler;

    @Option(
            names = "--threads",
            description = {
                "2: gateways and pods are simulated at the same time, which takes both cores of a machine that does",
                "nothing else; 1: one after the other. The same comes out (default: ${DEFAULT-VALUE})."
            })
    private int threads = Math.min(2, Runtime.getRuntime().availableProcessors());

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description =
                    "Also draws answers a second by rate; with several --pods what choices and reports take by pods.")
    private @Nullable Path svg;

    @Mixin
    private PodChoice pod = new PodChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException {
        if (threads < 1 || threads > 2) {
            throw new ParameterException(spec.commandLine(), "--threads " + threads + "; expected 1 or 2");
        }
        PodChoice.Chosen chosen = pod.of(scenario);
        ClusterReport report = new ClusterReport(
                ClusterReport.SCHEMA,
                result.provenance(spec),
                scenario.name(),
                scheduler ? "scheduler" : "model",
                chosen.costs(),
                threads,
                readings(configs(chosen.pod())));
        result.show(spec, report.table(), report);
        if (svg != null) {
            report.chart().write(svg);
        }
        return 0;
    }

    private List<ClusterReport.Reading> readings(List<ClusterConfig> all) {
        List<ClusterReport.Reading> readings = new ArrayList<>();
        try (ProgressBar bar = ProgressBar.onStandardError("bench cluster")) {
            for (ClusterConfig config : all) {
                readings.add(reading(
                        config,
                        part -> bar.update(
                                readings.size() + part,
                                all.size(),
                                config.policy().name())));
            }
        }
        return readings;
    }

    private List<ClusterConfig> configs(PodSpec pod) {
        List<ClusterConfig> all = new ArrayList<>();
        for (String name : policies) {
            RoutePolicy policy = RoutePolicies.named(name)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(), "--policy " + name + "; expected one of " + RoutePolicies.names()));
            for (int count : gateways) {
                for (int size : sizes()) {
                    for (ClusterConfig.Load load : loads((double) size / sizes().getFirst())) {
                        all.add(base().withPod(pod)
                                .withPods(size)
                                .withPolicy(policy)
                                .withGateways(count)
                                .withLoad(load));
                    }
                }
            }
        }
        return all;
    }

    private ClusterConfig base() {
        return scenario.config().withScheduler(scheduler).withFailures(new Failures(failEvery, down));
    }

    private List<Integer> sizes() {
        return pods.isEmpty() ? List.of(scenario.config().pods()) : pods;
    }

    private List<TenantShare> shares() {
        try {
            return tenants.isEmpty()
                    ? TenantShare.NOBODY
                    : tenants.stream().map(TenantShare::parse).toList();
        } catch (RuntimeException unreadable) {
            throw new ParameterException(spec.commandLine(), "--tenant: " + unreadable.getMessage(), unreadable);
        }
    }

    /** {@code times}: so much more is asked than of the first number of pods. */
    private List<ClusterConfig.Load> loads(double times) {
        ClusterConfig.Load usual = scenario.config().load();
        double time = seconds == null ? usual.seconds() : seconds;
        double warm = Math.min(usual.warmSeconds(), time / 4);
        List<Double> asked = rates.isEmpty() ? List.of(usual.perSecond()) : rates;
        return asked.stream()
                .map(rate -> new ClusterConfig.Load(usual.chat(), rate * times, warm, time, seed, shares()))
                .toList();
    }

    /** {@code progress}: is told the part of the time that was simulated. */
    private ClusterReport.Reading reading(ClusterConfig config, DoubleConsumer progress) {
        long started = System.nanoTime();
        try (ClusterSimulation simulation = new ClusterSimulation(config, threads)) {
            ClusterOutcome outcome = simulation.run(progress);
            double wall = (System.nanoTime() - started) * 1e-9;
            return new ClusterReport.Reading(
                    config.policy().name(),
                    config.pods(),
                    config.gateways(),
                    config.load().perSecond(),
                    outcome,
                    wall,
                    wall * 1e6 / Math.max(1, outcome.sent()));
        }
    }
}
