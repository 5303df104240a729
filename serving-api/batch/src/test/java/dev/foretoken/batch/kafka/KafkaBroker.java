package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker, controller in the same process, with a class path of its own; the build copies its jars. Sessions of its groups are short, so
 * that what a killed worker had is soon given to another. It can be killed, and started again on the same port with what it had.
 */
public final class KafkaBroker implements AutoCloseable {

    /** For each version that was built with, one folder. */
    private static final Path JARS = Path.of(System.getProperty("foretoken.root", "../.."))
            .toAbsolutePath()
            .normalize()
            .resolve("serving-api/batch/target/kafka-broker");

    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final String CLUSTER = "Zm9yZXRva2VuLWJhdGNoLQ";

    /** Small, and soon started. */
    private static final List<String> FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path jars;
    private final Path folder;
    private final List<String> flags;
    private final int port;
    private @Nullable Process process;

    private KafkaBroker(Path jars, Path folder, List<String> flags, int port) {
        this.jars = jars;
        this.folder = folder;
        this.flags = flags;
        this.port = port;
    }

    /** One for all tests of this process, killed with it. */
    public static KafkaBroker shared() {
        return Shared.BROKER;
    }

    private static final class Shared {
        private static final KafkaBroker BROKER = startUnchecked();

        private static KafkaBroker startUnchecked() {
            try {
                return start(Files.createTempDirectory("kafka"), Map.of());
            } catch (Exception e) {
                throw new IllegalStateException("the broker did not start", e);
            }
        }
    }

    /**
     * Starts one with its data in {@code folder}.
     *
     * @param settings in the place of, or beside, those below
     */
    public static KafkaBroker start(Path folder, Map<String, String> settings) throws Exception {
        return start(JARS, folder, settings, FLAGS);
    }

    /**
     * The same for another purpose than tests.
     *
     * @param jars folder of the broker's jars, or of such folders, one for each version
     * @param flags of its Java
     */
    public static KafkaBroker start(Path jars, Path folder, Map<String, String> settings, List<String> flags)
            throws Exception {
        int port = freePort();
        KafkaBroker broker = new KafkaBroker(newest(jars), folder, flags, port);
        broker.writeSettings(freePort(), settings);
        broker.format();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.start();
        return broker;
    }

    /** What was built last. */
    private static Path newest(Path jars) throws IOException {
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("the broker's jars are not in " + jars + ": Maven copies them there");
        }
        try (Stream<Path> versions = Files.list(jars)) {
            return versions.filter(Files::isDirectory)
                    .max(Comparator.comparing(folder -> folder.toFile().lastModified()))
                    .orElse(jars);
        }
    }

    private void writeSettings(int controllerPort, Map<String, String> more) throws IOException {
        String here = "127.0.0.1:" + port;
        String controller = "127.0.0.1:" + controllerPort;
        Map<String, String> all = new java.util.TreeMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@" + controller,
                "listeners", "PLAINTEXT://" + here + ",CONTROLLER://" + controller,
                "advertised.listeners", "PLAINTEXT://" + here,
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs", folder.resolve("data").toString(),
                "auto.create.topics.enable", "false"));
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            all.put(topic + ".replication.factor", "1");
            all.put(topic + ".num.partitions", "1");
        }
        all.put("transaction.state.log.min.isr", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
        all.put("group.initial.rebalance.delay.ms", "0");
        for (String groups : List.of("group.consumer", "group.share")) {
            all.put(groups + ".min.session.timeout.ms", "1000");
            all.put(groups + ".session.timeout.ms", "3000");
            all.put(groups + ".min.heartbeat.interval.ms", "100");
            all.put(groups + ".heartbeat.interval.ms", "300");
        }
        // One that comes back is let in once the session of its last life is over.
        all.put("broker.session.timeout.ms", "3000");
        all.put("broker.heartbeat.interval.ms", "300");
        all.put("group.min.session.timeout.ms", "1000");
        all.putAll(more);
        Files.write(
                folder.resolve("server.properties"),
                all.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .toList());
    }

    private void format() throws Exception {
        String settings = folder.resolve("server.properties").toString();
        Process formatting = java("kafka.tools.StorageTool", List.of("format", "-t", CLUSTER, "-c", settings));
        if (!formatting.waitFor(START_NANOS, TimeUnit.NANOSECONDS) || formatting.exitValue() != 0) {
            formatting.destroyForcibly();
            throw new IllegalStateException("the broker's folder was not formatted:\n" + log());
        }
    }

    /** Starts it again, after {@link #kill}, with what it had. */
    public void start() throws Exception {
        Process started =
                java("kafka.Kafka", List.of(folder.resolve("server.properties").toString()));
        process = started;
        long end = System.nanoTime() + START_NANOS;
        while (!isListening()) {
            if (System.nanoTime() > end || !started.isAlive()) {
                started.destroyForcibly();
                throw new IllegalStateException("the broker did not start:\n" + log());
            }
            started.waitFor(50, TimeUnit.MILLISECONDS);
        }
    }

    private Process java(String main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", jars + "/*", main));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                .start();
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    /** Whether it was started and has not ended, by itself or otherwise. */
    boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** User and system time so far. */
    public Duration cpu() {
        return Optional.ofNullable(process)
                .flatMap(running -> running.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /** {@code HOST:PORT}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", address()));
    }

    private Path logFile() {
        return folder.resolve("broker.log");
    }

    private String log() throws IOException {
        List<String> lines = Files.exists(logFile())
                ? Files.readAllLines(logFile(), StandardCharsets.UTF_8)
                : Collections.emptyList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    @Override
    public void close() {
        kill();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
