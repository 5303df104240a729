package dev.foretoken.registry.ingest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.gguf.SampleFile;
import dev.foretoken.registry.ingest.onnx.OnnxWriter;
import dev.foretoken.registry.safetensors.SampleTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** Small sound models of every kind, as folders and files. */
public final class SampleModels {

    public static final String CONFIG = "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\"}";

    /** Of the external data of {@link #onnx}. */
    static final int DATA_BYTES = 64;

    private SampleModels() {}

    public static VariantConfig draft() {
        return Ingest.imported(new Provenance("a test", "foretoken test", "import", Map.of(), null, Instant.EPOCH));
    }

    public static Path write(Path path, byte[] bytes) {
        try {
            Files.createDirectories(path.getParent());
            return Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Path write(Path path, String text) {
        return write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Tensors of which the first and the last are large enough for parts of their own. */
    static SampleTensors tensors(long seed) {
        return new SampleTensors()
                .with("embed", 100_000, seed)
                .with("norm", 64, 2)
                .with("bias", 64, 3)
                .with("head", 70_000, 4);
    }

    /** One file with weights. */
    public static Path single(Path folder) {
        write(folder.resolve("config.json"), CONFIG);
        write(folder.resolve("tokenizer.json"), "{}");
        write(folder.resolve("model.safetensors"), tensors(1).file());
        return folder;
    }

    /** Two files with weights and an index in which the second one has the name {@code second}. */
    static Path sharded(Path folder, String second) {
        write(folder.resolve("config.json"), CONFIG);
        write(
                folder.resolve("a.safetensors"),
                new SampleTensors().with("a", 100, 1).file());
        write(
                folder.resolve("b.safetensors"),
                new SampleTensors().with("b", 100, 2).file());
        write(
                folder.resolve("model.safetensors.index.json"),
                json(Map.of("weight_map", Map.of("a", "a.safetensors", "b", second))));
        return folder;
    }

    /** A recipe with weights of its own, of the checkpoint in {@code base/} where that is its base. */
    static Path recipe(Path folder, String base, String weights) {
        single(folder.resolve("base"));
        write(
                folder.resolve("made.safetensors"),
                new SampleTensors().with("made", 100, 7).file());
        write(
                folder.resolve("recipe.json"),
                json(Map.of("foretoken_recipe", 1, "base", base, "weights", weights, "operations", new Object[] {
                    Map.of("op", "drop")
                })));
        return folder;
    }

    /** A prediction for the checkpoint in {@code base/}, by that in {@code auxiliary/}, where these are the names. */
    static Path prediction(Path folder, String base, String auxiliary, String maps) {
        single(folder.resolve("base"));
        write(folder.resolve("auxiliary/config.json"), CONFIG);
        write(
                folder.resolve("auxiliary/model.safetensors"),
                new SampleTensors().with("small", 100, 3).file());
        write(
                folder.resolve("maps.safetensors"),
                new SampleTensors().with("keys.0.weight", 100, 7).file());
        write(
                folder.resolve("prediction.json"),
                json(Map.of(
                        "format",
                        "foretoken.prediction.v1",
                        "kind",
                        "separate",
                        "base",
                        base,
                        "auxiliary",
                        Map.of("model", auxiliary),
                        "map",
                        new int[] {0, 0},
                        "predictor",
                        maps)));
        return folder;
    }

    static Path gguf(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SampleFile.writer().write(folder.resolve("m.gguf"));
        return folder;
    }

    static Path ggufParts(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SampleFile.writer().writeSplit(folder, "m", 3);
        return folder;
    }

    /** A model in {@code onnx/} whose one external tensor is at {@code location}, which the sound one has at {@code data/w.bin}. */
    static Path onnx(Path folder, String location) {
        write(folder.resolve("config.json"), CONFIG);
        byte[] tensor = OnnxWriter.external("w", DATA_BYTES / 4, "location", location, "offset", "0");
        write(folder.resolve("onnx/model.onnx"), OnnxWriter.model(tensor, OnnxWriter.inline("b", 2, new byte[8])));
        write(folder.resolve("onnx/data/w.bin"), new byte[DATA_BYTES]);
        return folder;
    }

    static String json(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
