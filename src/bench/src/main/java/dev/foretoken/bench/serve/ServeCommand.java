package dev.foretoken.bench.serve;

import com.sun.management.OperatingSystemMXBean;
import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.ServerChoice;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Loads any OpenAI-compatible server and measures how it answers. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Loads an OpenAI-compatible server and measures latency, throughput and goodput.",
        footer = {
            "",
            "Exit status: 0 when every request ended as meant, 1 when some failed, 2 for wrong arguments.",
            "Example: bench serve http://127.0.0.1:8080 --concurrency 8 --requests 64 --input 256 --output 128",
        })
public final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "URL", description = "Address of the server, with or without /v1.")
    private String url = "";

    @Mixin
    private LoadOptions load = new LoadOptions();

    @Mixin
    private PromptOptions prompts = new PromptOptions();

    @Mixin
    private ServerChoice access = new ServerChoice();

    @Option(
            names = "--slo",
            defaultValue = "",
            description = "What a good answer keeps to, for goodput: ttft=1s,tpot=100ms,e2e=30s, any of them.")
    private String slo = "";

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "Process of a server on this machine: also reports its CPU time per output token.")
    private @Nullable Long serverPid;

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (OpenAiClient client = access.open(url, spec)) {
            String asked = access.model(client);
            ServeReport report = measure(client, asked);
            result.show(spec, ServeTables.render(report), report);
            return report.account().clean() ? 0 : 1;
        }
    }

    private ServeReport measure(OpenAiClient client, String asked) throws InterruptedException {
        Arrivals arrivals;
        WorkloadShape shape;
        Slo bounds;
        LoadLimits limits;
        Warmup warmup;
        ServerProcess server;
        try {
            arrivals = load.arrivals();
            shape = prompts.shape(asked);
            bounds = Slo.parse(slo);
            limits = load.limits();
            warmup = load.warmup();
            server = serverPid == null ? null : ServerProcess.of(serverPid);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Provenance provenance = result.provenance(access.arguments(spec));
        LoadResult outcome = run(client, shape, limits, arrivals, server);
        return ServeReport.of(provenance, LoadDescription.of(url, shape, arrivals, bounds), bounds, outcome, warmup);
    }

    private static LoadResult run(
            OpenAiClient client,
            WorkloadShape shape,
            LoadLimits limits,
            Arrivals arrivals,
            @Nullable ServerProcess server)
            throws InterruptedException {
        double clientBefore = cpuSeconds();
        Double serverBefore = server == null ? null : server.cpuSeconds();
        try (LoadProgress progress = new LoadProgress(limits)) {
            LoadRunner runner = new LoadRunner(client, shape, limits, System::nanoTime, progress::ended);
            List<CallRecord> calls = runner.run(arrivals);
            Double serverAfter = server == null ? null : server.cpuSeconds();
            Double serverTook = serverBefore == null || serverAfter == null ? null : serverAfter - serverBefore;
            return new LoadResult(runner.sent(), calls, cpuSeconds() - clientBefore, serverTook);
        }
    }

    private static double cpuSeconds() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getProcessCpuTime() / 1e9
                : 0;
    }
}
