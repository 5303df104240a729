package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointTest {

    private static final ModelPlan PLAN =
            PlanReader.read(CheckpointWriter.TINY_CONFIG.getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path directory;

    private void requireRefused(ErrorCode code, String message) {
        assertThatThrownBy(() -> {
                    try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
                        checkpoint.requireAllOf(PLAN);
                    }
                })
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message)
                .message()
                .doesNotContain(directory.toString());
    }

    @ParameterizedTest
    @EnumSource(FloatType.class)
    void readsMatricesAndVectorsOfEveryType(FloatType type) {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), type);
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read);
                Arena arena = Arena.ofConfined()) {
            checkpoint.requireAllOf(PLAN);
            StoredMatrix matrix = checkpoint.matrix(new MatrixRef("model.embed_tokens.weight", 5, 4), arena);
            RowTable table = ((StoredMatrix.Floats) matrix).table();
            assertThat(table.at(2, 3)).isEqualTo(11 / 16f);
            var norm = checkpoint.vector(new VectorRef("model.layers.0.input_layernorm.weight", 4), arena);
            assertThat(FloatType.F32.load(norm, 1)).isEqualTo(21 / 16f);
        }
    }

    @Test
    void namesMissingMisshapenAndSuperfluousTensors() {
        Map<String, List<Integer>> shapes = CheckpointWriter.tinyShapes();
        shapes.remove("model.norm.weight");
        CheckpointWriter.tiny(directory, shapes, FloatType.F32);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "tensor model.norm.weight of shape [4] is missing");
        shapes.put("model.norm.weight", List.of(2, 2));
        CheckpointWriter.tiny(directory, shapes, FloatType.F32);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "model.norm.weight has shape [2, 2], config.json asks for [4]");
        shapes.put("model.norm.weight", List.of(4));
        shapes.put("model.layers.0.self_attn.q_proj.bias", List.of(4));
        CheckpointWriter.tiny(directory, shapes, FloatType.F32);
        requireRefused(ErrorCode.MODEL_UNSUPPORTED, "q_proj.bias is in the checkpoint, but a llama model");
    }

    /** Query, key and value are rows of one tensor, and the output map is stored transposed. */
    private static ModelPlan fused(int rows) {
        return PLAN.withSublayers(PLAN.sublayers().stream()
                .map(sublayer -> sublayer.withMixers(mixer -> mixer instanceof Attention a ? fused(a, rows) : mixer))
                .toList());
    }

    private static Attention fused(Attention a, int rows) {
        MatrixRef qkv = new MatrixRef("qkv", 12, 4);
        VectorRef bias = new VectorRef("bias", 12);
        Attention.Direct maps = new Attention.Direct(
                new Linear(qkv.rows(0, 4), bias.slice(0, 4)),
                new Linear(qkv.rows(4, 4), bias.slice(4, 4)),
                new Linear(qkv.rows(8, rows), bias.slice(8, rows)),
                new Linear(a.maps().output().matrix().transposed(), null));
        return new Attention(maps, null, a.layout(), a.rotary(), 0, a.source());
    }

    @Test
    void readsViewsOfTensors() {
        Map<String, List<Integer>> shapes = CheckpointWriter.tinyShapes();
        List.of("q", "k", "v").forEach(map -> shapes.remove("model.layers.0.self_attn." + map + "_proj.weight"));
        shapes.put("qkv", List.of(12, 4));
        shapes.put("bias", List.of(12));
        CheckpointWriter.tiny(directory, shapes, FloatType.F32);
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read);
                Arena arena = Arena.ofConfined()) {
            ModelPlan plan = fused(4);
            checkpoint.requireAllOf(plan);
            Attention attention = plan.attentions().getFirst();
            MatrixRef value = attention.direct().value().matrix();
            RowTable all = ((StoredMatrix.Floats) checkpoint.matrix(value.whole(), arena)).table();
            RowTable part = ((StoredMatrix.Floats) checkpoint.matrix(value, arena)).table();
            assertThat(part.at(1, 2)).isEqualTo(all.at(9, 2));
            assertThat(checkpoint.bytes(value)).isEqualTo(4 * 4 * Float.BYTES);
            VectorRef bias = attention.direct().key().bias().plus(0.5f);
            assertThat(FloatType.F32.load(checkpoint.vector(bias, arena), 1))
                    .isEqualTo(0.5f + FloatType.F32.load(checkpoint.vector(new VectorRef("bias", 12), arena), 5));
            assertThatThrownBy(() -> checkpoint.requireAllOf(fused(3)))
                    .hasMessageContaining("has a use for 44 of the 48 elements of tensor qkv");
        }
    }

    @Test
    void refusesElementsItCannotComputeWith() {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), FloatType.F16);
        byte[] bytes = CheckpointWriter.file(CheckpointWriter.tinyShapes(), FloatType.F16);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        byte[] integers = text.replaceFirst("\"F16\"", "\"I16\"").getBytes(StandardCharsets.ISO_8859_1);
        CheckpointWriter.write(directory.resolve("model.safetensors"), integers);
        requireRefused(ErrorCode.MODEL_UNSUPPORTED, "elements of type I16; supported are F32, F16 and BF16");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 100, -1})
    void refusesFilesThatWereCutOff(int length) {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), FloatType.F32);
        byte[] whole = CheckpointWriter.file(CheckpointWriter.tinyShapes(), FloatType.F32);
        int kept = length < 0 ? whole.length + length : length;
        CheckpointWriter.write(directory.resolve("model.safetensors"), Arrays.copyOf(whole, kept));
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "model.safetensors is damaged");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 5000})
    void refusesHeaderLengthsBeforeUsingThem(long headerBytes) {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), FloatType.F32);
        byte[] bytes = CheckpointWriter.file(CheckpointWriter.tinyShapes(), FloatType.F32);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, headerBytes);
        CheckpointWriter.write(directory.resolve("model.safetensors"), bytes);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "says that its header has " + Long.toUnsignedString(headerBytes));
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "no readable config.json");
        Files.writeString(directory.resolve("config.json"), CheckpointWriter.TINY_CONFIG);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "no readable model.safetensors");
        Files.createDirectory(directory.resolve("model.safetensors"));
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "model.safetensors is not a file");
    }

    private void writeShards(Map<String, String> index) throws IOException {
        Map<String, List<Integer>> first = new LinkedHashMap<>(CheckpointWriter.tinyShapes());
        Map<String, List<Integer>> second = new LinkedHashMap<>();
        second.put("lm_head.weight", first.remove("lm_head.weight"));
        Files.writeString(directory.resolve("config.json"), CheckpointWriter.TINY_CONFIG);
        CheckpointWriter.write(directory.resolve("a.safetensors"), CheckpointWriter.file(first, FloatType.F32));
        CheckpointWriter.write(directory.resolve("b.safetensors"), CheckpointWriter.file(second, FloatType.F32));
        Files.writeString(
                directory.resolve("model.safetensors.index.json"), CheckpointWriter.json(Map.of("weight_map", index)));
    }

    private static Map<String, String> soundIndex() {
        Map<String, String> index = new LinkedHashMap<>();
        CheckpointWriter.tinyShapes().keySet().forEach(name -> index.put(name, "a.safetensors"));
        index.put("lm_head.weight", "b.safetensors");
        return index;
    }

    @Test
    void readsShards() throws IOException {
        writeShards(soundIndex());
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
            checkpoint.requireAllOf(PLAN);
        }
    }

    @Test
    void refusesAnIndexThatDisagreesWithItsShards() throws IOException {
        Map<String, String> index = soundIndex();
        index.put("model.norm.weight", "b.safetensors");
        writeShards(index);
        requireRefused(
                ErrorCode.MODEL_FILE_CORRUPT, "model.norm.weight is in b.safetensors, but it is in a.safetensors");
        index = soundIndex();
        index.put("more", "a.safetensors");
        writeShards(index);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "more is in a.safetensors, but it is in no file");
        index = soundIndex();
        index.put("more", "c.safetensors");
        writeShards(index);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "no readable c.safetensors");
    }

    @Test
    void refusesATensorInTwoFiles() throws IOException {
        writeShards(soundIndex());
        CheckpointWriter.write(
                directory.resolve("b.safetensors"),
                CheckpointWriter.file(
                        Map.of("lm_head.weight", List.of(5, 4), "model.norm.weight", List.of(4)), FloatType.F32));
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "model.norm.weight is in two files");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../a.safetensors",
                "/etc/a.safetensors",
                "sub/a.safetensors",
                "..\\a.safetensors",
                "a.bin",
                "",
                ".safetensors",
                "a\u0000.safetensors"
            })
    void refusesIndexesThatNameFilesElsewhere(String name) throws IOException {
        Map<String, String> index = soundIndex();
        index.put("lm_head.weight", name);
        writeShards(index);
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "not a plain *.safetensors name");
    }

    @Test
    void refusesLinksThatLeadOut(@TempDir Path elsewhere) throws IOException {
        CheckpointWriter.tiny(elsewhere, CheckpointWriter.tinyShapes(), FloatType.F32);
        Files.writeString(directory.resolve("config.json"), CheckpointWriter.TINY_CONFIG);
        Files.createSymbolicLink(directory.resolve("model.safetensors"), elsewhere.resolve("model.safetensors"));
        requireRefused(ErrorCode.MODEL_FILE_CORRUPT, "leads out of the model's directory");
    }

    @Test
    void followsTheLinksOfTheHubCache(@TempDir Path cache) throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("blobs"));
        Path snapshot = Files.createDirectories(cache.resolve("snapshots").resolve("abc"));
        CheckpointWriter.tiny(blobs, CheckpointWriter.tinyShapes(), FloatType.F32);
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("..", "..", "blobs", name));
        }
        try (Checkpoint checkpoint = Checkpoint.open(snapshot, EncodingReader::read)) {
            checkpoint.requireAllOf(PLAN);
        }
    }

    @Test
    void identityFollowsConfigurationShapesAndValues() throws IOException {
        CheckpointWriter.tiny(directory, CheckpointWriter.tinyShapes(), FloatType.F32);
        String identity = identity();
        assertThat(identity()).isEqualTo(identity);
        Path file = directory.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        String changed = identity();
        assertThat(changed).isNotEqualTo(identity);
        Files.writeString(directory.resolve("config.json"), CheckpointWriter.TINY_CONFIG + " ");
        assertThat(identity()).isNotEqualTo(changed);
    }

    private String identity() {
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
            return checkpoint.identity();
        }
    }
}
