package dev.foretoken.e2e.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;

/** A graph of {@code src/models/zoo} with what it is asked and what it must answer. */
record ZooGraph(String name, Path file, List<GoldenTensor> inputs, List<GoldenTensor> outputs) {

    /** @param bytes little-endian, row-major */
    record GoldenTensor(String name, String type, List<Long> shape, byte[] bytes) {}

    static List<ZooGraph> all() {
        Path zoo = Checkout.root().resolve("src/models/zoo");
        try {
            JsonNode manifest =
                    new ObjectMapper().readTree(zoo.resolve("zoo.json").toFile());
            return StreamSupport.stream(manifest.required("models").spliterator(), false)
                    .map(model -> read(zoo.resolve("graphs"), model))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ZooGraph of(String name) {
        return all().stream()
                .filter(graph -> graph.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ZooGraph read(Path graphs, JsonNode model) {
        String name = model.required("name").asText();
        try {
            byte[] golden = Files.readAllBytes(graphs.resolve(name + ".bin"));
            return new ZooGraph(
                    name,
                    graphs.resolve(name + ".onnx"),
                    tensors(model.required("inputs"), golden),
                    tensors(model.required("outputs"), golden));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tensors as the manifests list them, of the file that they lie in. */
    static List<GoldenTensor> tensors(JsonNode list, byte[] golden) {
        List<GoldenTensor> out = new ArrayList<>();
        for (JsonNode tensor : list) {
            String type = tensor.required("type").asText();
            List<Long> shape = new ArrayList<>();
            tensor.required("shape").forEach(size -> shape.add(size.asLong()));
            int elementBytes = type.equals("INT64") ? Long.BYTES : Float.BYTES;
            int start = tensor.required("offset").asInt();
            int length = Math.toIntExact(elementBytes * shape.stream().reduce(1L, Math::multiplyExact));
            out.add(new GoldenTensor(
                    tensor.required("name").asText(), type, shape, Arrays.copyOfRange(golden, start, start + length)));
        }
        return out;
    }

    @Override
    public String toString() {
        return name;
    }
}
