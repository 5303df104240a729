package dev.foretoken.onnxruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph of {@code src/models/zoo} with what it is asked and what it must answer; dimension 0 of every tensor is a batch of two rows.
 *
 * @param rows of the published systems that it stands for
 */
record ZooModel(String name, List<String> rows, Path graph, List<Tensor> inputs, List<Tensor> outputs) {

    static Path root() {
        String root = System.getProperty("foretoken.root");
        if (root == null) {
            throw new IllegalStateException("the system property foretoken.root must name the repository");
        }
        return Path.of(root, "src", "models", "zoo");
    }

    static List<ZooModel> all() {
        try {
            JsonNode manifest = new ObjectMapper().readTree(Files.readString(root().resolve("zoo.json")));
            List<ZooModel> models = new ArrayList<>();
            for (JsonNode model : manifest.required("models")) {
                models.add(read(model));
            }
            return models;
        } catch (IOException e) {
            throw new IllegalStateException("the zoo cannot be read", e);
        }
    }

    private static ZooModel read(JsonNode model) throws IOException {
        String name = model.required("name").asText();
        MemorySegment tensors = data(root().resolve("graphs/" + name + ".bin"));
        List<String> rows = new ArrayList<>();
        model.required("rows").forEach(row -> rows.add(row.asText()));
        return new ZooModel(
                name,
                rows,
                root().resolve("graphs/" + name + ".onnx"),
                tensors(model.required("inputs"), tensors),
                tensors(model.required("outputs"), tensors));
    }

    static MemorySegment data(Path file) throws IOException {
        byte[] data = Files.readAllBytes(file);
        return Arena.ofAuto().allocate(data.length, Long.BYTES).copyFrom(MemorySegment.ofArray(data));
    }

    /** Tensors as the manifests list them, of the file that they lie in. */
    static List<Tensor> tensors(JsonNode list, MemorySegment data) {
        List<Tensor> tensors = new ArrayList<>();
        for (JsonNode tensor : list) {
            ElementType type = ElementType.valueOf(tensor.required("type").asText());
            List<Long> shape = new ArrayList<>();
            tensor.required("shape").forEach(dimension -> shape.add(dimension.asLong()));
            long bytes = bytes(type) * shape.stream().reduce(1L, Math::multiplyExact);
            long offset = tensor.required("offset").asLong();
            tensors.add(new Tensor(tensor.required("name").asText(), type, shape, data.asSlice(offset, bytes)));
        }
        return tensors;
    }

    private static long bytes(ElementType type) {
        return type == ElementType.INT64 ? Long.BYTES : Float.BYTES;
    }

    /** The last of two rows, as a batch of one. */
    static Tensor lastRow(Tensor tensor) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        shape.set(0, 1L);
        long half = tensor.data().byteSize() / 2;
        return new Tensor(tensor.name(), tensor.type(), shape, tensor.data().asSlice(half, half));
    }
}
