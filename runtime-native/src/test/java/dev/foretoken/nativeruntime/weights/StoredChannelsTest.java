package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints in the compressed-tensors format whose layers are int8 with a scale per output. */
final class StoredChannelsTest {

    private static final String ENCODING = """
            {"quantization_config": {"quant_method": "compressed-tensors", "format": "int-quantized", "ignore": ["lm_head"],
             "config_groups": {"group_0": {"targets": ["Linear"],
               "weights": {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel", "dynamic": false},
               "input_activations": {"num_bits": 8, "type": "int", "symmetric": true, "strategy": "token", "dynamic": true},
               "output_activations": null}}},""";
    private static final String CONFIG = CheckpointWriter.TINY_CONFIG.replaceFirst("\\{", ENCODING);

    @TempDir
    private Path directory;

    /** Every byte of an int8 tensor is its index - 128; the scale of row n is n + 1. */
    private void write(Map<String, List<Integer>> shapes) {
        Map<String, Object> header = new LinkedHashMap<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
            int begin = data.size();
            boolean eightBits =
                    entry.getKey().contains("_proj.weight") && !entry.getKey().endsWith("_scale");
            int count = entry.getValue().stream().reduce(1, (a, b) -> a * b);
            for (int i = 0; i < count; i++) {
                byte[] element = eightBits
                        ? new byte[] {(byte) (i - 128)}
                        : ByteBuffer.allocate(4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putFloat(i + 1)
                                .array();
                data.writeBytes(element);
            }
            String type = eightBits ? "I8" : "F32";
            header.put(
                    entry.getKey(),
                    Map.of("dtype", type, "shape", entry.getValue(), "data_offsets", List.of(begin, data.size())));
        }
        CheckpointWriter.write(directory.resolve("config.json"), CONFIG.getBytes(StandardCharsets.UTF_8));
        CheckpointWriter.write(
                directory.resolve("model.safetensors"),
                CheckpointWriter.file(CheckpointWriter.json(header), data.toByteArray()));
    }

    private static Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = CheckpointWriter.tinyShapes();
        Map<String, List<Integer>> scales = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            if (name.contains("_proj.weight")) {
                scales.put(name + "_scale", List.of(shape.getFirst(), 1));
            }
        });
        shapes.putAll(scales);
        return shapes;
    }

    @Test
    void opensInt8LayersBesideUnquantizedOnes() {
        write(shapes());
        ModelPlan plan = PlanReader.read(CONFIG.getBytes(StandardCharsets.UTF_8));
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read);
                PackedWeights weights = PackedWeights.load(
                        plan, checkpoint, Weights.STORED, new ScalarKernels(), LoadProgress.SILENT)) {
            WeightMatrix down = weights.matrix(new MatrixRef("model.layers.0.mlp.down_proj.weight", 4, 6));
            assertThat(down.encoding()).isEqualTo("8-bit per channel");
            assertThat(down.at(0, 0)).isEqualTo(-128);
            assertThat(down.at(0, 1)).isEqualTo(-127);
            assertThat(down.at(0, 5)).isEqualTo(-123);
            assertThat(down.at(3, 2)).isEqualTo(4 * (3 * 6 + 2 - 128));
            assertThat(weights.matrix(plan.head()).encoding()).isEqualTo("F32");
            assertThat(weights.encodings()).isEqualTo("7 in 8-bit per channel, 1 in F32");
        }
    }

    @Test
    void refusesInt8WithoutScales() {
        Map<String, List<Integer>> shapes = shapes();
        shapes.remove("model.layers.0.mlp.up_proj.weight_scale");
        write(shapes);
        ModelPlan plan = PlanReader.read(CONFIG.getBytes(StandardCharsets.UTF_8));
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
            assertThatThrownBy(() -> checkpoint.requireAllOf(plan))
                    .hasMessageContaining("up_proj.weight_scale of shape [6, 1] is missing");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "compressed-tensors"    | "bitsandbytes"   | method bitsandbytes
            "int-quantized"         | "marlin-24"      | format "marlin-24"; supported is int-quantized, pack-quantized
            "num_bits": 8           | "num_bits": 4    | num_bits 4; supported is 8
            "strategy": "channel"   | "strategy": "group" | strategy "group"; supported is channel
            "dynamic": true         | "dynamic": false | input_activations.dynamic false
            "symmetric": true       | "symmetric": false | symmetric false
            """, quoteCharacter = '`')
    void refusesOtherEncodingsByWhatIsOtherAboutThem(String written, String instead, String message) {
        byte[] config = CONFIG.replaceFirst(written, instead).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> EncodingReader.read(config)).hasMessageContaining(message);
    }
}
