package dev.foretoken.onnxruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder of {@code src/models/zoo/declared}: a graph with its {@code graph.json}, and requests with their answers. */
record DeclaredModel(String name, Path folder, List<Exchange> exchanges) {

    /** @param stream 0 = of none */
    record Exchange(int stream, List<Tensor> inputs, List<Tensor> outputs) {}

    static List<DeclaredModel> all() {
        Path zoo = ZooModel.root();
        try {
            List<DeclaredModel> models = new ArrayList<>();
            for (JsonNode model : new ObjectMapper()
                    .readTree(zoo.resolve("declared.json").toFile())
                    .required("models")) {
                models.add(read(zoo.resolve("declared"), model));
            }
            return models;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeclaredModel read(Path all, JsonNode model) throws IOException {
        String name = model.required("name").asText();
        MemorySegment data = ZooModel.data(all.resolve(name).resolve("golden.bin"));
        List<Exchange> exchanges = new ArrayList<>();
        for (JsonNode exchange : model.required("exchanges")) {
            exchanges.add(new Exchange(
                    exchange.required("stream").asInt(),
                    ZooModel.tensors(exchange.required("inputs"), data),
                    ZooModel.tensors(exchange.required("outputs"), data)));
        }
        return new DeclaredModel(name, all.resolve(name), exchanges);
    }

    /** Whether its requests belong to streams. */
    boolean isStreamed() {
        return exchanges.getFirst().stream() > 0;
    }

    @Override
    public String toString() {
        return name;
    }
}
