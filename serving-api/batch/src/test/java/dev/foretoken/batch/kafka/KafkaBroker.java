package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * A real Kafka broker, controller in the same process, with a class path of its own; the build copies its jars, or an image has them. Sessions of its
 * groups are short, so that what a killed worker had is soon given to another. It can be killed, and started again on the same port with what it had.
 */
public final class KafkaBroker implements AutoCloseable {

    /** For each version that was built with, one folder. */
    private static final Path JARS = Path.of(System.getProperty("foretoken.root", "../.."))
            .toAbsolutePath()
            .normalize()
            .resolve("serving-api/batch/target/kafka-broker");

    static final long START_NANOS = TimeUnit.MINUTES.toNanos(10);
    static final String CLUSTER = "Zm9yZXRva2VuLWJhdGNoLQ";

    /** Small, and soon started. */
    private static final List<String> FLAGS = List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final BrokerHost host;
    private final int port;

    private KafkaBroker(BrokerHost host, int port) {
        this.host = host;
        this.port = port;
    }

    /** One for all tests of this process, killed with it: with {@code -Pimages} a container, where the engine has the image. */
    public static KafkaBroker shared() {
        return Shared.BROKER;
    }

    private static final class Shared {
        private static final KafkaBroker BROKER = startUnchecked();

        private static KafkaBroker startUnchecked() {
            try {
                return BrokerContainer.isImageWanted() && BrokerContainer.hasImage()
                        ? inContainer()
                        : start(Files.createTempDirectory("kafka"), Map.of());
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
        Map<String, String> all = settings("127.0.0.1", port, folder.resolve("data"), settings);
        return start(BrokerProcess.in(newest(jars), folder, flags, port, all), port);
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

    private static KafkaBroker inContainer() throws Exception {
        int port = freePort();
        return start(BrokerContainer.of(port, settings("", port, Path.of(BrokerContainer.DATA), Map.of())), port);
    }

    private static KafkaBroker start(BrokerHost host, int port) throws Exception {
        KafkaBroker broker = new KafkaBroker(host, port);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        broker.start();
        return broker;
    }

    /** @param address that it listens at; empty: all */
    private static Map<String, String> settings(String address, int port, Path data, Map<String, String> more)
            throws IOException {
        String here = "127.0.0.1:" + port;
        String controller = "127.0.0.1:" + freePort();
        Map<String, String> all = new TreeMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@" + controller,
                "listeners", "PLAINTEXT://" + address + ":" + port + ",CONTROLLER://" + controller,
                "advertised.listeners", "PLAINTEXT://" + here,
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "log.dirs", data.toString(),
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
        return all;
    }

    /** Starts it again, after {@link #kill}, with what it had. */
    public void start() throws Exception {
        host.start();
        long end = System.nanoTime() + START_NANOS;
        while (!host.isListening()) {
            if (System.nanoTime() > end || !host.isRunning()) {
                host.kill();
                throw new IllegalStateException("the broker did not start:\n" + host.log());
            }
            Thread.sleep(50);
        }
    }

    /** Ends it as {@code kill -9} does. */
    public void kill() {
        host.kill();
    }

    /** Whether it was started and has not ended, by itself or otherwise. */
    boolean isRunning() {
        return host.isRunning();
    }

    /** User and system time so far. */
    public Duration cpu() {
        return host.cpu();
    }

    /** {@code HOST:PORT}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", address()));
    }

    @Override
    public void close() {
        host.close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
