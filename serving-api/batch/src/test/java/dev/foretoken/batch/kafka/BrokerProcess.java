package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A broker in a process of this machine, with a class path of its own. */
final class BrokerProcess implements BrokerHost {

    private static final int SHOWN_LINES = 40;

    private final Path jars;
    private final Path folder;
    private final List<String> flags;
    private final int port;
    private @Nullable Process process;

    private BrokerProcess(Path jars, Path folder, List<String> flags, int port) {
        this.jars = jars;
        this.folder = folder;
        this.flags = flags;
        this.port = port;
    }

    /**
     * Makes its folder ready.
     *
     * @param jars folder of its jars
     * @param port that {@code settings} name
     */
    static BrokerProcess in(Path jars, Path folder, List<String> flags, int port, Map<String, String> settings)
            throws Exception {
        BrokerProcess broker = new BrokerProcess(jars, folder, flags, port);
        Files.write(
                broker.settingsFile(),
                settings.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .toList());
        broker.format();
        return broker;
    }

    private Path settingsFile() {
        return folder.resolve("server.properties");
    }

    private void format() throws Exception {
        List<String> format = List.of(
                "format", "-t", KafkaBroker.CLUSTER, "-c", settingsFile().toString());
        Process formatting = java("kafka.tools.StorageTool", format);
        if (!formatting.waitFor(KafkaBroker.START_NANOS, TimeUnit.NANOSECONDS) || formatting.exitValue() != 0) {
            formatting.destroyForcibly();
            throw new IllegalStateException("the broker's folder was not formatted:\n" + log());
        }
    }

    @Override
    public void start() throws IOException {
        process = java("kafka.Kafka", List.of(settingsFile().toString()));
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

    @Override
    public boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().onExit().join();
        }
    }

    @Override
    public boolean isRunning() {
        Process running = process;
        return running != null && running.isAlive();
    }

    @Override
    public Duration cpu() {
        return Optional.ofNullable(process)
                .flatMap(running -> running.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    private Path logFile() {
        return folder.resolve("broker.log");
    }

    @Override
    public String log() throws IOException {
        List<String> lines = Files.exists(logFile())
                ? Files.readAllLines(logFile(), StandardCharsets.UTF_8)
                : Collections.emptyList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    @Override
    public void close() {
        kill();
    }
}
