package dev.foretoken.nativeruntime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
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

/** Checkpoints whose layers are FP8: their bytes and scales are what is held. */
final class StoredFp8Test {

    private static final String CHANNELS = """
            {"quantization_config": {"quant_method": "compressed-tensors", "format": "float-quantized", "ignore": ["lm_head"],
             "config_groups": {"group_0": {"targets": ["Linear"],
               "weights": {"num_bits": 8, "type": "float", "symmetric": true, "strategy": "channel", "dynamic": false},
               "input_activations": {"num_bits": 8, "type": "float", "strategy": "token", "dynamic": true}}}},""";
    private static final String BLOCKS = """
            {"quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 128], "activation_scheme": "dynamic"},""";
    private static final MatrixRef DOWN = new MatrixRef("model.layers.0.mlp.down_proj.weight", 4, 6);

    @TempDir
    private Path directory;

    /** Byte i of a layer is 17 i + {@code add}; scale i is i + 1. */
    private ModelPlan write(String encoding, String suffix, int rowsPerScale, int add) {
        Map<String, List<Integer>> shapes = CheckpointWriter.tinyShapes();
        Map<String, List<Integer>> scales = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> {
            if (name.contains("_proj.weight")) {
                scales.put(name + suffix, List.of(Math.ceilDiv(shape.getFirst(), rowsPerScale), 1));
            }
        });
        shapes.putAll(scales);
        Map<String, Object> header = new LinkedHashMap<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        shapes.forEach((name, shape) -> {
            int begin = data.size();
            boolean eightBits = name.endsWith("_proj.weight");
            int count = shape.stream().reduce(1, (a, b) -> a * b);
            for (int i = 0; i < count; i++) {
                ByteBuffer number = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                data.writeBytes(
                        eightBits
                                ? new byte[] {(byte) (17 * i + add)}
                                : number.putFloat(i + 1).array());
            }
            String type = eightBits ? "F8_E4M3" : "F32";
            header.put(name, Map.of("dtype", type, "shape", shape, "data_offsets", List.of(begin, data.size())));
        });
        byte[] config =
                CheckpointWriter.TINY_CONFIG.replaceFirst("\\{", encoding).getBytes(StandardCharsets.UTF_8);
        CheckpointWriter.write(directory.resolve("config.json"), config);
        CheckpointWriter.write(
                directory.resolve("model.safetensors"),
                CheckpointWriter.file(CheckpointWriter.json(header), data.toByteArray()));
        return PlanReader.read(config);
    }

    private void requireKept(ModelPlan plan, int rowsPerScale) {
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read);
                PackedWeights weights = PackedWeights.load(
                        plan, checkpoint, Weights.STORED, new ScalarKernels(), LoadProgress.SILENT)) {
            Fp8Panels down = (Fp8Panels) weights.matrix(DOWN);
            for (int row = 0; row < 4; row++) {
                assertThat(down.scale(row, 0)).isEqualTo(row / rowsPerScale + 1);
                for (int k = 0; k < 6; k++) {
                    assertThat(down.code(row, k)).isEqualTo((byte) (17 * (6 * row + k) + 1));
                }
            }
            assertThat(weights.encodings()).isEqualTo("1 in F32, 7 in FP8 per channel");
        }
    }

    @Test
    void keepsTheBytesOfCompressedTensors() {
        requireKept(write(CHANNELS, "_scale", 1, 1), 1);
    }

    @Test
    void keepsTheBytesOfBlockFp8() {
        requireKept(write(BLOCKS, "_scale_inv", 2, 1), 2);
    }

    @Test
    void refusesNaN() {
        ModelPlan plan = write(CHANNELS, "_scale", 1, 127);
        try (Checkpoint checkpoint = Checkpoint.open(directory, EncodingReader::read)) {
            assertThatThrownBy(() -> PackedWeights.load(
                            plan, checkpoint, Weights.STORED, new ScalarKernels(), LoadProgress.SILENT))
                    .hasMessageContaining("holds NaN, weights must be finite");
        }
    }
}
