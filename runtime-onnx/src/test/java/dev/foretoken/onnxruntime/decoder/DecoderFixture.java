package dev.foretoken.onnxruntime.decoder;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.artifact.GraphArtifact;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A small exported decoder with what a reference computed for it. */
record DecoderFixture(Path folder) {

    static final int CONTEXT = 128;
    static final int VOCABULARY = 96;
    static final ComputeInfo COMPUTE = new ComputeInfo("test", 1, CpuList.ANY);

    static DecoderFixture of(String name) {
        Path root = Path.of(System.getProperty("foretoken.root"));
        return new DecoderFixture(root.resolve("src/models/onnx-fixtures").resolve(name));
    }

    /** What greedy decoding appends to a prompt, and the logits each token is chosen from. */
    record Golden(int[] prompt, int[] greedy, List<double[]> logits) {}

    List<Golden> goldens() {
        try {
            JsonNode json = new JsonMapper()
                    .readTree(Files.readString(folder.resolve("golden.json")))
                    .path("sequences");
            List<Golden> goldens = new ArrayList<>();
            for (JsonNode sequence : json) {
                List<double[]> logits = new ArrayList<>();
                sequence.path("logits").forEach(row -> logits.add(numbers(row)));
                goldens.add(new Golden(ints(sequence.path("prompt")), ints(sequence.path("greedy")), logits));
            }
            return goldens;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }

    private static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.get(i).asInt();
        }
        return ints;
    }

    GraphSession session() {
        return new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(folder.resolve("model.onnx"), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
    }

    DecoderFacts facts() {
        Optional<Path> genAi = Optional.of(folder.resolve("genai_config.json")).filter(Files::exists);
        return new DecoderFolder(folder.getFileName().toString(), 1, "test")
                .facts(
                        genAi,
                        Optional.empty(),
                        GraphArtifact.at(folder, false).header().operators());
    }

    DecoderRuntime open() {
        return open(session());
    }

    DecoderRuntime open(GraphSession session) {
        return DecoderRuntimes.open(session, facts(), RuntimeOptions.DEFAULT.withMaxContext(CONTEXT), COMPUTE);
    }
}
