package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.nativeruntime.GgufExport;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.registry.gguf.GgmlType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The most memory that a load takes at any moment, mapped pages of the file included, stays under 1.15 times what is held afterwards. Each
 * load runs in a process of its own with a heap that is there from the start, so that only weights and mappings grow.
 */
@Timeout(300)
final class LoadFootprintTest {

    private static final double MOST = 1.15;
    private static final Pattern LINE = Pattern.compile("grown=(\\d+) peak=(\\d+) held=(\\d+)");

    /** 78 million weights: large enough that a runtime's own growth does not show. */
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 10,
             "num_attention_heads": 12, "num_key_value_heads": 4, "vocab_size": 8192, "max_position_embeddings": 256}
            """;

    private static final String SMALL_CONFIG = """
            {"model_type": "llama", "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 512, "max_position_embeddings": 256}
            """;

    @TempDir
    private static Path folder;

    private record Footprint(long grown, long peak, long held) {}

    @BeforeAll
    static void writeModels() throws IOException {
        assumeTrue(
                Files.isWritable(Path.of("/proc/self/clear_refs")),
                "this system has no /proc/self/clear_refs, so the peak of a load cannot be told");
        for (String config : List.of(SMALL_CONFIG, CONFIG)) {
            Path checkpoint = Files.createDirectory(folder.resolve(config.equals(CONFIG) ? "large" : "small"));
            write(checkpoint, config);
            GgufExport.of(checkpoint, GgmlType.Q8_0).write(folder.resolve(checkpoint.getFileName() + ".gguf"));
        }
    }

    @Test
    void aCheckpointThatIsKeptAsStored() throws Exception {
        requireLittleMore(load("", "STORED"));
    }

    @Test
    void aCheckpointThatIsQuantized() throws Exception {
        requireLittleMore(load("", "Q4_0"));
    }

    @Test
    void aGgufFile() throws Exception {
        requireLittleMore(load(".gguf", "STORED"));
    }

    private static void requireLittleMore(Footprint footprint) {
        assertThat((double) footprint.grown())
                .as("%s, in KiB", footprint)
                .isBetween(0.9 * footprint.held(), MOST * footprint.held());
        assertThat((double) footprint.peak()).as("%s, in KiB", footprint).isLessThan(MOST * footprint.held());
    }

    private static Footprint load(String suffix, String weights) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "-Xms48m",
                        "-Xmx48m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-modules=jdk.incubator.vector",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LoadProbe.class.getName(),
                        folder.resolve("small" + suffix).toString(),
                        folder.resolve("large" + suffix).toString(),
                        weights)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int status = process.waitFor();
        String text = Files.readString(output);
        Matcher line = LINE.matcher(text);
        assertThat(status).as(text).isZero();
        assertThat(line.find()).as(text).isTrue();
        return new Footprint(
                Long.parseLong(line.group(1)), Long.parseLong(line.group(2)), Long.parseLong(line.group(3)));
    }

    /** A checkpoint of one file with random BF16 weights. */
    private static void write(Path directory, String config) throws IOException {
        ModelPlan plan = PlanReader.read(config.getBytes(StandardCharsets.UTF_8));
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        for (MatrixRef ref : plan.matrices()) {
            shapes.put(ref.tensor(), List.of(ref.rows(), ref.columns()));
        }
        for (VectorRef ref : plan.vectors()) {
            shapes.put(ref.tensor(), List.of(ref.size()));
        }
        CheckpointWriter.write(directory.resolve("config.json"), config.getBytes(StandardCharsets.UTF_8));
        Map<String, Object> header = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
            long begin = end;
            end += 2L * entry.getValue().stream().reduce(1, (a, b) -> a * b);
            header.put(
                    entry.getKey(),
                    Map.of("dtype", "BF16", "shape", entry.getValue(), "data_offsets", List.of(begin, end)));
        }
        try (FileChannel file = FileChannel.open(
                directory.resolve("model.safetensors"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(CheckpointWriter.file(CheckpointWriter.json(header), new byte[0])));
            fill(file, end);
        }
    }

    private static void fill(FileChannel file, long bytes) throws IOException {
        Random random = new Random(1);
        byte[] chunk = new byte[1 << 20];
        for (long done = 0; done < bytes; done += chunk.length) {
            random.nextBytes(chunk);
            for (int i = 1; i < chunk.length; i += 2) {
                chunk[i] = (byte) (chunk[i] & 0x80 | 0x3C); // magnitudes about 0.01
            }
            file.write(ByteBuffer.wrap(chunk, 0, (int) Math.min(chunk.length, bytes - done)));
        }
    }
}
