package dev.foretoken.bench.gateway;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The pods of {@code bench gateway}: prints where they listen, then a mark per request, until its standard input ends. */
@Command(
        name = PodsCommand.NAME,
        hidden = true,
        mixinStandardHelpOptions = true,
        description = "Pods that echo prompts, one token per step, for bench gateway.")
public final class PodsCommand implements Callable<Integer> {

    static final String NAME = "gateway-pods";
    /** Behind it the address that answers HTTP without a gateway, then those of the pods. */
    static final String READY = "pods ";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, description = "Name of the model they answer as.")
    private String model = "";

    @Option(names = "--vocabulary", required = true, description = "Token ids of the model.")
    private int vocabulary;

    @Option(names = "--context", required = true, description = "Most tokens of prompt and answer.")
    private int context;

    @Option(names = "--pods", defaultValue = "1", description = "How many pods (default: ${DEFAULT-VALUE}).")
    private int pods;

    @Option(names = "--step", defaultValue = "20", description = "Milliseconds per step (default: ${DEFAULT-VALUE}).")
    private int stepMillis;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<EchoEngine> engines = new ArrayList<>();
        List<PodServer> servers = new ArrayList<>();
        try (ScheduledExecutorService steps = Executors.newScheduledThreadPool(pods)) {
            for (int i = 0; i < pods; i++) {
                engines.add(start(steps, out, i));
                servers.add(PodServer.start(PodConfig.loopback(0), engines.getLast()));
            }
            try (DirectServer direct = new DirectServer(engines)) {
                println(out, ready(direct, servers));
                awaitEnd();
            }
            steps.shutdownNow();
        } finally {
            servers.forEach(PodServer::close);
        }
        return 0;
    }

    private static String ready(DirectServer direct, List<PodServer> servers) {
        return READY
                + IntStream.concat(IntStream.of(direct.port()), servers.stream().mapToInt(PodServer::port))
                        .mapToObj(port -> "127.0.0.1:" + port)
                        .collect(Collectors.joining(" "));
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // The one that started this process holds it open.
        }
    }

    /** Pods step at moments of their own, as separate machines would. */
    private EchoEngine start(ScheduledExecutorService steps, PrintWriter out, int index) {
        EchoEngine engine = new EchoEngine(
                model, new ModelInfo.Sizes(vocabulary, context), System::nanoTime, mark -> println(out, mark.line()));
        long step = Duration.ofMillis(stepMillis).toNanos();
        steps.scheduleAtFixedRate(engine::step, step * index / pods, step, TimeUnit.NANOSECONDS);
        return engine;
    }

    private static void println(PrintWriter out, String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
