package dev.foretoken.nativeruntime;

import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.CheckpointWriter;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.Tensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A checkpoint whose linear layers are quantized, and one of F32 with exactly the numbers that the quantized one means. */
final class QuantizedExport {

    /** What chooses experts is published as floats. */
    private static final String ROUTER = ".mlp.gate.weight";

    private final byte[] config;
    private final String encoding;
    private final Map<String, StoredTensor> floats = new LinkedHashMap<>();
    private final Map<String, StoredTensor> quantized = new LinkedHashMap<>();

    QuantizedExport(Path directory, CheckpointLayout layout) {
        this.encoding = layout.config();
        try (Checkpoint source = Checkpoint.open(directory, EncodingReader::read);
                Arena arena = Arena.ofConfined()) {
            this.config = source.config();
            ModelPlan plan = PlanReader.read(config);
            Set<VectorRef> vectors = new LinkedHashSet<>();
            plan.vectors().forEach(ref -> vectors.add(new VectorRef(ref.tensor(), (int) ref.storedElements())));
            for (VectorRef ref : vectors) {
                float[] values = source.vector(ref, arena).toArray(ValueLayout.JAVA_FLOAT);
                StoredTensor tensor = Tensors.f32(ref.tensor(), new float[][] {values});
                keep(new StoredTensor(ref.tensor(), tensor.type(), List.of((long) ref.size()), tensor.data()));
            }
            Set<MatrixRef> tensors = new LinkedHashSet<>();
            plan.matrices().forEach(ref -> tensors.add(ref.whole()));
            for (MatrixRef ref : tensors) {
                RowTable table = ((StoredMatrix.Floats) source.matrix(ref, arena)).table();
                add(
                        ref,
                        rows(table),
                        layout,
                        ref.equals(plan.embedding()) || ref.tensor().endsWith(ROUTER));
            }
        }
    }

    private static float[][] rows(RowTable table) {
        float[][] rows = new float[table.rows()][table.columns()];
        for (int row = 0; row < rows.length; row++) {
            table.read(row, rows[row]);
        }
        return rows;
    }

    private void add(MatrixRef ref, float[][] weights, CheckpointLayout layout, boolean plain) {
        if (plain) {
            keep(Tensors.f32(ref.tensor(), weights));
            return;
        }
        CheckpointLayout.Quantized result = layout.quantize(ref, weights);
        quantized.putAll(result.tensors());
        float[][] meant = new float[ref.rows()][ref.columns()];
        for (int n = 0; n < ref.rows(); n++) {
            for (int k = 0; k < ref.columns(); k++) {
                meant[n][k] = (float) result.weight().at(n, k);
            }
        }
        floats.put(ref.tensor(), Tensors.f32(ref.tensor(), meant));
    }

    private void keep(StoredTensor tensor) {
        floats.put(tensor.name(), tensor);
        quantized.put(tensor.name(), tensor);
    }

    Path writeFloats(Path directory) {
        return write(directory, config, floats);
    }

    Path writeQuantized(Path directory) {
        String text = new String(config, StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"quantization_config\": {" + encoding + "},");
        return write(directory, text.getBytes(StandardCharsets.UTF_8), quantized);
    }

    private static Path write(Path directory, byte[] config, Map<String, StoredTensor> tensors) {
        Map<String, Object> header = new LinkedHashMap<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (StoredTensor tensor : tensors.values()) {
            int begin = data.size();
            data.writeBytes(tensor.data().toArray(ValueLayout.JAVA_BYTE));
            header.put(
                    tensor.name(),
                    Map.of(
                            "dtype",
                            tensor.type().name(),
                            "shape",
                            tensor.shape(),
                            "data_offsets",
                            List.of(begin, data.size())));
        }
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CheckpointWriter.write(directory.resolve("config.json"), config);
        CheckpointWriter.write(
                directory.resolve("model.safetensors"),
                CheckpointWriter.file(CheckpointWriter.json(header), data.toByteArray()));
        return directory;
    }
}
