package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The checkpoints of {@code src/models/conformance} and their golden numbers. */
public final class Conformance {

    public static final RuntimeOptions EXACT_F32 = options("scalar", RuntimeOptions.CacheType.F32);

    /** One prompt of a {@code golden.json}. */
    public record Prompt(int[] ids, int[] tokens, double[] logprobs, int[][] topIds, double[] promptLogprobs) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private Conformance() {}

    public static RuntimeOptions options(String kernels, RuntimeOptions.CacheType cacheType) {
        return new RuntimeOptions(cacheType, kernels, RuntimeOptions.Precision.EXACT, 0);
    }

    /** Every kernel set that can be opened here, fastest first; the oracle last. */
    public static List<String> kernels() {
        List<String> opened = new ArrayList<>();
        for (String name : List.of("native-avx512bf16", "native-avx512", "native-avx2", "vector", "scalar")) {
            try {
                open(names().getFirst(), options(name, RuntimeOptions.CacheType.F32), 1)
                        .close();
                opened.add(name);
            } catch (ForetokenException e) {
                if (e.code() != ErrorCode.CONFIG_INVALID) {
                    throw e;
                }
            }
        }
        return opened;
    }

    public static Path root() {
        String root = System.getProperty("foretoken.root");
        if (root == null) {
            throw new IllegalStateException("the system property foretoken.root must name the repository");
        }
        return Path.of(root, "src", "models", "conformance");
    }

    public static List<String> names() {
        List<String> names = new ArrayList<>();
        json(root().resolve("index.json"))
                .forEach(entry -> names.add(entry.path("name").asText()));
        return names;
    }

    public static SequenceRuntime open(String name, RuntimeOptions options, int threads) {
        return new NativeRuntimeProvider()
                .open(
                        ModelSource.of(name, root().resolve(name)),
                        DeviceSpec.cpu(threads),
                        options,
                        LoadProgress.SILENT);
    }

    public static List<String> adapters() {
        List<String> names = new ArrayList<>();
        json(root().resolve("adapters/index.json"))
                .forEach(entry -> names.add(entry.path("name").asText()));
        return names;
    }

    /** The folder of an adapter. */
    public static Path adapter(String name) {
        return root().resolve("adapters").resolve(name);
    }

    /** The checkpoint that an adapter is of. */
    public static String baseOf(String adapter) {
        return json(adapter(adapter).resolve("golden.json")).path("base").asText();
    }

    public static List<Prompt> prompts(String name) {
        return promptsIn(root().resolve(name));
    }

    public static List<Prompt> adapterPrompts(String name) {
        return promptsIn(adapter(name));
    }

    private static List<Prompt> promptsIn(Path folder) {
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode prompt : json(folder.resolve("golden.json")).path("prompts")) {
            JsonNode tops = prompt.path("top_ids");
            int[][] topIds = new int[tops.size()][];
            for (int i = 0; i < topIds.length; i++) {
                topIds[i] = JSON.convertValue(tops.get(i), int[].class);
            }
            prompts.add(new Prompt(
                    JSON.convertValue(prompt.path("ids"), int[].class),
                    JSON.convertValue(prompt.path("tokens"), int[].class),
                    JSON.convertValue(prompt.path("logprobs"), double[].class),
                    topIds,
                    JSON.convertValue(prompt.path("prompt_logprobs"), double[].class)));
        }
        return prompts;
    }

    private static JsonNode json(Path path) {
        try {
            return JSON.readTree(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
