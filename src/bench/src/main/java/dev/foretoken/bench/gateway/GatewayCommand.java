package dev.foretoken.bench.gateway;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.StreamedAnswer;
import dev.foretoken.bench.report.ResultOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a gateway adds. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Starts a gateway in front of pods that compute nothing, and measures what it adds to a first token and costs per token. The same load without the gateway comes first.",
        footer = {"", "Example: bench gateway --streams 64 --json gateway.json"})
public final class GatewayCommand implements Callable<Integer> {

    private static final String COMPLETED = "completed";
    /** Seconds; what answers without a gateway has little to compile. */
    private static final int MOST_DIRECT_WARMUP = 60;
    /** Apart from those of the requests through the gateway: pods know requests by their seeds. */
    private static final long DIRECT_SEEDS = 1L << 40;

    private static final String HOME = "${sys:foretoken.home:-.}";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--streams", defaultValue = "64", description = "Streams at a time (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(names = "--pods", defaultValue = "4", description = "Pods behind the gateway (default: ${DEFAULT-VALUE}).")
    private int pods;

    @Option(
            names = "--step",
            defaultValue = "20",
            paramLabel = "MS",
            description = "Milliseconds between two tokens of a stream (default: ${DEFAULT-VALUE}).")
    private int step;

    @Option(
            names = "--tokens",
            defaultValue = "256",
            description = "Tokens per answer on average (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(names = "--words", defaultValue = "16", description = "Words per prompt (default: ${DEFAULT-VALUE}).")
    private int words;

    @Option(
            names = "--warmup",
            defaultValue = "30",
            paramLabel = "S",
            description = "Seconds before the measured ones, without gateway at most 60 (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(
            names = "--duration",
            defaultValue = "30",
            paramLabel = "S",
            description = "Measured seconds (default: ${DEFAULT-VALUE}).")
    private int duration;

    @Option(
            names = "--checkpoint",
            paramLabel = "FOLDER",
            defaultValue = HOME + "/src/models/demo/model",
            description = "Whose tokenizer the gateway uses (default: the demo model).")
    private Path checkpoint = Path.of("");

    @Option(
            names = "--app",
            paramLabel = "JAR",
            defaultValue = HOME + "/deploy/app/target/quarkus-app/quarkus-run.jar",
            description = "What starts the gateway (default: the app built in this checkout).")
    private Path app = Path.of("");

    @Option(
            names = "--gateway-flag",
            paramLabel = "FLAG",
            description =
                    "For the gateway's Java, beside those of this process, for example -XX:StartFlightRecording=...")
    private List<String> gatewayFlags = List.of();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        GatewayReport report = measure();
        result.show(spec, GatewayTable.render(report), report);
        return report.endings().keySet().equals(Set.of(COMPLETED)) ? 0 : 1;
    }

    private void check() {
        if (Math.min(Math.min(streams, pods), Math.min(step, tokens)) < 1
                || Math.min(words, duration) < 1
                || warmup < 0) {
            throw new ParameterException(
                    spec.commandLine(), "every number must be at least 1, --warmup at least 0: " + originalArguments());
        }
        if (!Files.isRegularFile(app) || !Files.isRegularFile(checkpoint.resolve("config.json"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--app %s --checkpoint %s; expected a jar (./mvnw package -DskipTests -pl deploy/app -am makes it) and a folder with a config.json"
                            .formatted(app, checkpoint));
        }
    }

    private List<String> originalArguments() {
        return spec.commandLine().getParseResult().originalArgs();
    }

    private GatewayReport measure() throws IOException, InterruptedException {
        GatewayReport.Load load = new GatewayReport.Load(streams, pods, step, tokens, words);
        try (Deployment deployment = new Deployment(app, checkpoint, load, gatewayFlags)) {
            Duration directWarmup = Duration.ofSeconds(Math.min(warmup, MOST_DIRECT_WARMUP));
            Measured direct = measure(deployment, deployment.directUrl(), directWarmup, DIRECT_SEEDS);
            Measured through = measure(deployment, deployment.url(), Duration.ofSeconds(warmup), 1);
            GatewayReport.FirstToken firstToken = through.window().firstToken();
            GatewayReport.FirstToken without = direct.window().firstToken();
            return new GatewayReport(
                    GatewayReport.SCHEMA,
                    result.provenance(spec),
                    load,
                    through.window().endings(),
                    through.window().traffic(through.gatewayCpu()),
                    firstToken,
                    without,
                    firstToken.both().p50() - without.both().p50());
        }
    }

    private record Measured(GatewayWindow window, Duration gatewayCpu) {}

    private Measured measure(Deployment deployment, String url, Duration before, long firstSeed)
            throws IOException, InterruptedException {
        try (OpenAiClient client = new OpenAiClient(url, null, System::nanoTime);
                StreamLoad streaming = new StreamLoad(
                        client, Deployment.MODEL, "a cat ".repeat(words).strip(), tokens, firstSeed)) {
            streaming.start(streams);
            Thread.sleep(before);
            Duration cpuBefore = deployment.gatewayCpu();
            long from = System.nanoTime();
            Thread.sleep(Duration.ofSeconds(duration));
            long to = System.nanoTime();
            Duration cpu = deployment.gatewayCpu().minus(cpuBefore);
            GatewayWindow window = new GatewayWindow(from, to);
            Map<Long, StreamedAnswer> answers = streaming.finish();
            answers.values().forEach(window::add);
            deployment.marks().forEach(mark -> {
                StreamedAnswer answer = answers.get(mark.seed());
                if (answer != null) {
                    window.add(answer, mark);
                }
            });
            return new Measured(window, cpu);
        }
    }
}
