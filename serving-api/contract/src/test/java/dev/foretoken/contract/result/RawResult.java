package dev.foretoken.contract.result;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes a file of {@code src/bench/results}, which {@code README.md} there describes, where a system property asks for it. */
public final class RawResult {

    private static final String ROOT = "foretoken.root";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private RawResult() {}

    /** As {@code bench.report.Provenance}. */
    record Provenance(
            String startedAt, String commit, List<String> arguments, Map<String, String> labels, Machine machine) {}

    record Machine(String cpu, int cores, long memoryBytes, String os, String jdk) {}

    /**
     * Writes nothing where nobody asked.
     *
     * @param property whose value is the file, relative to the checkout
     * @param schema name and number of the form
     * @param started when the test began
     * @param figures whose members follow those that every file has
     */
    public static void write(String property, String schema, Instant started, Record figures) throws IOException {
        String asked = System.getProperty(property, "");
        if (!asked.isEmpty()) {
            Path file = root().resolve(asked);
            Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
            Files.writeString(file, text(schema, provenance(property, started), figures));
        }
    }

    static String text(String schema, Provenance provenance, Record figures) throws IOException {
        ObjectNode all = MAPPER.createObjectNode().put("schema", schema);
        all.set("provenance", MAPPER.valueToTree(provenance));
        all.setAll((ObjectNode) MAPPER.valueToTree(figures));
        return MAPPER.writeValueAsString(all) + "\n";
    }

    private static Provenance provenance(String property, Instant started) throws IOException {
        List<String> arguments = System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("foretoken.") && !name.equals(ROOT) && !name.equals(property))
                .sorted()
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
        return new Provenance(
                started.truncatedTo(ChronoUnit.SECONDS).toString(), commit(root()), arguments, Map.of(), machine());
    }

    private static Path root() {
        return Path.of(System.getProperty(ROOT, "../.."));
    }

    private static Machine machine() throws IOException {
        return new Machine(
                cpu(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize(),
                Stream.of("os.name", "os.version", "os.arch")
                        .map(System::getProperty)
                        .reduce((one, two) -> one + " " + two)
                        .orElseThrow(),
                System.getProperty("java.vm.vendor") + " " + Runtime.version());
    }

    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        try (Stream<String> lines = Files.exists(info) ? Files.lines(info) : Stream.empty()) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    static String commit(Path checkout) throws IOException {
        Optional<String> head = git(checkout, "rev-parse", "--short=12", "HEAD");
        Optional<String> changes = git(checkout, "status", "--porcelain", "--untracked-files=no");
        return head.map(at -> at + (changes.orElse("").isEmpty() ? "" : "+changes"))
                .orElse("unknown");
    }

    private static Optional<String> git(Path checkout, String... arguments) throws IOException {
        List<String> command =
                Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command)
                .directory(checkout.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.onExit().join().exitValue() == 0 ? Optional.of(out) : Optional.empty();
    }
}
