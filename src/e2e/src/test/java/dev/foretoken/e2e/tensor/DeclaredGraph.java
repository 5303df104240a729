package dev.foretoken.e2e.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder of {@code src/models/zoo/declared}: a graph with its {@code graph.json}, and requests with their answers. */
record DeclaredGraph(String name, Path folder, List<Exchange> exchanges) {

    /** @param stream 0 = of none */
    record Exchange(int stream, List<GoldenTensor> inputs, List<GoldenTensor> outputs) {}

    static List<DeclaredGraph> all() {
        Path zoo = Checkout.root().resolve("src/models/zoo");
        try {
            List<DeclaredGraph> graphs = new ArrayList<>();
            for (JsonNode model : new ObjectMapper()
                    .readTree(zoo.resolve("declared.json").toFile())
                    .required("models")) {
                graphs.add(read(zoo.resolve("declared"), model));
            }
            return graphs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DeclaredGraph read(Path all, JsonNode model) throws IOException {
        String name = model.required("name").asText();
        byte[] golden = Files.readAllBytes(all.resolve(name).resolve("golden.bin"));
        List<Exchange> exchanges = new ArrayList<>();
        for (JsonNode exchange : model.required("exchanges")) {
            exchanges.add(new Exchange(
                    exchange.required("stream").asInt(),
                    ZooGraph.tensors(exchange.required("inputs"), golden),
                    ZooGraph.tensors(exchange.required("outputs"), golden)));
        }
        return new DeclaredGraph(name, all.resolve(name), exchanges);
    }

    /** Where a request is in its stream; {@code base} keeps streams of the same number apart. */
    StreamTurn turn(int index, long base) {
        int stream = exchanges.get(index).stream();
        return new StreamTurn(
                base + stream,
                exchanges.subList(0, index).stream().noneMatch(each -> each.stream() == stream),
                exchanges.subList(index + 1, exchanges.size()).stream().noneMatch(each -> each.stream() == stream));
    }
}
