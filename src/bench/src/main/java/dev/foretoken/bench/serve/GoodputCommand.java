package dev.foretoken.bench.serve;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.ServerChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

/** Compares prefill modes by how many answers keep to an objective, at several loads. */
@Command(
        name = "goodput",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Loads a server in every prefill mode at several loads and counts the answers that were good enough.",
        footer = {
            "",
            "Example: bench goodput http://127.0.0.1:8080 --clients 32 --think 10s,20s,40s --vocab 32000 --input 64..1536 --output 32 --ignore-eos --ttft-objective 1000 --slo ttft=1s"
        })
public final class GoodputCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "URL", description = "Address of the server, with or without /v1.")
    private String url = "";

    @Option(
            names = "--clients",
            defaultValue = "32",
            description =
                    "So many clients, each of which sends again when it has thought about its answer (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--think",
            split = ",",
            defaultValue = "10s,20s,40s,80s",
            paramLabel = "TIME",
            description = "Mean times to think, one for each load (default: ${DEFAULT-VALUE}).")
    private List<String> thinks = List.of();

    @Option(
            names = "--modes",
            split = ",",
            defaultValue = "exact,auto",
            description = "Prefill modes; all are compared with the first (default: ${DEFAULT-VALUE}).")
    private List<String> modes = List.of();

    @Option(
            names = "--duration",
            defaultValue = "30s",
            paramLabel = "TIME",
            description = "Of each run (default: ${DEFAULT-VALUE}).")
    private String duration = "30s";

    @Option(
            names = "--warmup",
            defaultValue = "5s",
            paramLabel = "N|TIME",
            description = "Of each run, not counted (default: ${DEFAULT-VALUE}).")
    private String warmup = "5s";

    @Option(names = "--repeat", defaultValue = "1", description = "Runs of each mode (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(
            names = "--slo",
            defaultValue = "ttft=1s",
            description = "What a good answer keeps to, as of bench serve (default: ${DEFAULT-VALUE}).")
    private String slo = "";

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draws the result.")
    private @Nullable Path svg;

    @Mixin
    private PromptOptions prompts = new PromptOptions();

    @Mixin
    private ServerChoice access = new ServerChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (OpenAiClient client = access.open(url, spec)) {
            GoodputReport report = measure(client, access.model(client));
            result.show(spec, render(report), report);
            if (svg != null) {
                report.chart().write(svg);
            }
            boolean failed = report.loads().stream()
                    .flatMap(load -> load.modes().stream())
                    .anyMatch(mode -> mode.failed() > 0);
            return failed ? 1 : 0;
        }
    }

    private GoodputReport measure(OpenAiClient client, String model) throws InterruptedException {
        try (ProgressBar bar = ProgressBar.onStandardError("bench goodput")) {
            List<Duration> times = thinks.stream().map(Durations::parse).toList();
            if (repeat < 1 || modes.isEmpty() || times.stream().anyMatch(Duration::isZero)) {
                throw new IllegalArgumentException(
                        "--repeat %d --modes %s --think %s; expected at least 1, a mode, and times above 0"
                                .formatted(repeat, modes, thinks));
            }
            WorkloadShape shape = prompts.shape(model);
            Slo bounds = Slo.parse(slo);
            LoadLimits limits = new LoadLimits(Integer.MAX_VALUE, Durations.parse(duration), Durations.parse("600s"));
            GoodputSeries series = new GoodputSeries(client, shape, limits, Warmup.parse(warmup), bounds, bar);
            return new GoodputReport(
                    GoodputReport.SCHEMA,
                    result.provenance(access.arguments(spec)),
                    url,
                    model,
                    clients,
                    shape.input().toString(),
                    shape.output().toString(),
                    bounds.seconds(),
                    shape.prefill(),
                    series.measure(clients, times, modes, repeat));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static String render(GoodputReport report) {
        Table table = new Table(
                "load",
                "mode",
                "goodput/s",
                "over the first",
                "requests/s",
                "TTFT p50",
                "p99",
                "found",
                "predicted tokens");
        for (GoodputReport.Load load : report.loads()) {
            for (GoodputReport.Mode mode : load.modes()) {
                table.row(
                        "at most %s/s".formatted(significant(load.mostPerSecond())),
                        mode.prefillMode(),
                        significant(mode.goodputPerSecond().median()),
                        significant(mode.overFirst()),
                        significant(mode.requestsPerSecond().median()),
                        seconds(mode.ttftSeconds().p50()),
                        seconds(mode.ttftSeconds().p99()),
                        percent(mode.cachedShare()),
                        percent(mode.predictedShare()));
            }
        }
        return "%s, model %s, %d clients, input %s, output %s, good: %s seconds\n%s\n\n%s"
                .formatted(
                        report.url(),
                        report.model(),
                        report.clients(),
                        report.input(),
                        report.output(),
                        report.sloSeconds(),
                        report.provenance().machine().sentence(),
                        table.render());
    }
}
