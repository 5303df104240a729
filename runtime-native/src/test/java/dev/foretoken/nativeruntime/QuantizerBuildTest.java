package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantized checkpoints load at once, compute nearly what their base computes, and come out the same however they were built. */
final class QuantizerBuildTest {

    private static final RuntimeOptions EXACT =
            new RuntimeOptions(RuntimeOptions.CacheType.F32, "auto", RuntimeOptions.Precision.EXACT, 0);

    @TempDir
    private Path folder;

    /** Remembers stages; cancels at the first one that begins so. */
    private static final class Watch implements BuildWatch {
        private final List<String> stages = new ArrayList<>();
        private final String last;

        private Watch(String last) {
            this.last = last;
        }

        @Override
        public void progress(String stage, long done, long total) {
            assertThat(done).isBetween(0L, total);
            if (stages.isEmpty() || !stages.getLast().equals(stage)) {
                stages.add(stage);
            }
        }

        @Override
        public void log(String line) {
            assertThat(line).doesNotContain("\n");
        }

        @Override
        public boolean cancelled() {
            return !last.isEmpty() && !stages.isEmpty() && stages.getLast().startsWith(last);
        }
    }

    private static List<int[]> texts() {
        Random random = new Random(3);
        return List.of(
                random.ints(60, 0, SmallCheckpoint.VOCABULARY).toArray(),
                random.ints(150, 0, SmallCheckpoint.VOCABULARY).toArray(),
                random.ints(90, 0, SmallCheckpoint.VOCABULARY).toArray());
    }

    private static Map<String, String> parameters(String text) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : text.isEmpty() ? new String[0] : text.split(" ")) {
            parameters.put(pair.split("=")[0], pair.split("=")[1]);
        }
        return parameters;
    }

    private BuildOrder order(Path base, String method, String parameters, String name, int threads) throws IOException {
        Path output = Files.createDirectories(folder.resolve(name).resolve("output"));
        Path scratch = Files.createDirectories(folder.resolve(name).resolve("scratch"));
        return new BuildOrder(
                ModelSource.of("base", base), method, parameters(parameters), texts(), output, scratch, threads);
    }

    private static BuildResult build(BuildOrder order, String cancelAt) {
        return new NativeVariantWorkshop().build(order, new Watch(cancelAt));
    }

    /** Of every token of a text after those before it. */
    private static List<Double> logprobs(Path model) {
        List<Double> found = new ArrayList<>();
        try (StepLoop loop = new StepLoop(
                new NativeRuntimeProvider()
                        .open(ModelSource.of("m", model), DeviceSpec.cpu(1), EXACT, LoadProgress.SILENT),
                8)) {
            int[] prompt = new Random(4).ints(50, 0, SmallCheckpoint.VOCABULARY).toArray();
            FakeSequence sequence = new FakeSequence(1, prompt, 1).reporting(0, 0);
            loop.generate(sequence, 1, 100);
            sequence.promptScores.forEach(score -> found.add((double) score.logprob()));
        }
        return found;
    }

    private static double difference(Path base, Path variant) {
        List<Double> expected = logprobs(base);
        List<Double> actual = logprobs(variant);
        double sum = 0;
        for (int i = 0; i < expected.size(); i++) {
            sum += Math.abs(expected.get(i) - actual.get(i)) / expected.size();
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({
        "rtn, bits=8 group=channel, 4, 0.03",
        "rtn, bits=8 group=64 symmetric=false, 2, 0.03",
        "rtn, group=32 scales=mse head=true, 2, 0.3",
        "w8a8, head=true, 4, 0.06",
        "w8a8, smooth=0.5, 4, 0.06",
        "w8a8, smooth=0.5, 2, 0.06",
        "bct, bits=8 block=32, 2, 0.03",
        "bct, block=32, 4, 0.4",
        "awq, bits=8 group=32, 4, 0.03",
        "awq, group=32 symmetric=false, 2, 0.2",
        "gptq, bits=8 group=channel, 4, 0.03",
        "gptq, group=32 act-order=false scales=minmax, 2, 0.2",
        "gptq, group=32 symmetric=false, 2, 0.2",
    })
    void loadsAtOnceAndComputesNearlyWhatTheBaseComputes(String method, String given, int kvHeads, double most)
            throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), kvHeads, false);
        BuildOrder order = order(base, method, given, "variant", 2);
        BuildResult result = build(order, "");
        assertThat(result.output()).isEqualTo(BuildResult.Output.CHECKPOINT);
        double difference = difference(base, order.output());
        assertThat(difference).isBetween(1e-7, most);
        long bytes = ((Number) result.facts().get("tensor-bytes")).longValue();
        long header = Files.size(order.output().resolve("model.safetensors")) - bytes;
        assertThat(header).isBetween(100L, 20_000L);
        try (Stream<Path> files = Files.list(order.output())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors");
        }
    }

    @ParameterizedTest
    @CsvSource({"q8_0, '', 0.03", "q8_0, rtn, 0.03", "q8_0, w8a8, 0.06", "f32, bct, 0.03", "q4_0, '', 0.4"})
    void aGgufFileOfFloatsAndOfIntegersComputesNearlyTheSame(String type, String before, double most)
            throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 2, false);
        if (!before.isEmpty()) {
            Map<String, String> given = Map.of("rtn", "group=32 symmetric=false", "bct", "block=32");
            BuildOrder first = order(base, before, given.getOrDefault(before, ""), "before", 1);
            build(first, "");
            base = first.output();
        }
        BuildOrder order = order(base, "gguf", "type=" + type, "gguf", 1);
        BuildResult result = build(order, "");
        assertThat(result.output()).isEqualTo(BuildResult.Output.GGUF);
        Path file = order.output().resolve("model.gguf");
        assertThat(result.facts()).containsEntry("file-bytes", Files.size(file));
        assertThat(difference(base, file)).isLessThan(most);
    }

    @Test
    void columnByColumnHasLessErrorThanToNearestInEveryMatrix() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 2, false);
        Map<String, Object> facts =
                build(order(base, "gptq", "group=64", "gptq", 1), "").facts();
        assertThat(facts.get("better-than-nearest")).isEqualTo(14L);
        assertThat((double) facts.get("mean-error")).isLessThan((double) facts.get("mean-nearest-error"));
    }

    @Test
    void scalesByInputsHaveLessErrorThanNone() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, false);
        Map<String, Object> facts = build(order(base, "awq", "group=64 scales=minmax", "awq", 1), "")
                .facts();
        assertThat((double) facts.get("mean-error")).isLessThan(0.9 * (double) facts.get("mean-nearest-error"));
    }

    @Test
    void blockwiseKeepsNormsAloneAndSaysHowSmallItIs() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, true);
        BuildOrder order = order(base, "bct", "block=64", "bct", 1);
        Map<String, Object> facts = build(order, "").facts();
        assertThat((List<?>) facts.get("kept-float"))
                .hasSize(5)
                .allSatisfy(name -> assertThat(name.toString()).contains("norm"));
        long elements = 96 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 128);
        long norms = 5 * 64;
        long shapes = 15 * 16;
        // four bits for each and two bytes for every 64
        double bytes = elements * (0.5 + 2.0 / 64) + 2 * norms + shapes;
        assertThat((double) facts.get("ratio-to-fp32")).isCloseTo(4 * (elements + norms) / bytes, within(1e-9));
        assertThat(difference(base, order.output())).isLessThan(0.8);
    }

    @ParameterizedTest
    @CsvSource({"gptq, group=32", "awq, group=32", "rtn, group=32", "w8a8, smooth=0.5"})
    void aBuildThatWasStoppedGoesOnAndWritesTheSameBytes(String method, String given) throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, false);
        BuildOrder whole = order(base, method, given, "whole", 1);
        build(whole, "");
        BuildOrder stopped = order(base, method, given, "stopped", 3);
        assertThatThrownBy(() -> build(stopped, "rounding block 2"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(stopped.scratch().resolve("block-00000.safetensors")).exists();
        assertThat(stopped.output()).isEmptyDirectory();
        Watch watch = new Watch("");
        BuildResult result = new NativeVariantWorkshop().build(stopped, watch);
        assertThat(watch.stages)
                .contains("rounding block 2 of 2", "writing the checkpoint")
                .doesNotContain("rounding block 1 of 2");
        assertThat(result.facts().get("matrices").toString())
                .contains("layers.0")
                .contains("layers.1");
        for (String file : List.of("model.safetensors", "config.json")) {
            assertThat(stopped.output().resolve(file))
                    .hasSameBinaryContentAs(whole.output().resolve(file));
        }
    }

    @Test
    void configSaysHowTensorsArePacked() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, false);
        BuildOrder order = order(base, "gptq", "group=32", "gptq", 1);
        build(order, "");
        JsonNode config = new ObjectMapper()
                .readTree(Files.readString(order.output().resolve("config.json")))
                .get("quantization_config");
        assertThat(config.get("quant_method").asText()).isEqualTo("compressed-tensors");
        assertThat(config.get("format").asText()).isEqualTo("pack-quantized");
        assertThat(config.get("ignore").toString()).isEqualTo("[\"lm_head\"]");
        JsonNode weights = config.get("config_groups").get("group_0").get("weights");
        assertThat(weights.get("num_bits").asInt()).isEqualTo(4);
        assertThat(weights.get("group_size").asInt()).isEqualTo(32);
        assertThat(weights.get("actorder").asText()).isEqualTo("weight");
        assertThat(config.get("config_groups")
                        .get("group_0")
                        .get("input_activations")
                        .isNull())
                .isTrue();
    }

    @Test
    void theCacheAloneIsASetting() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, false);
        BuildResult result = build(order(base, "kv-int8", "", "cache", 1), "");
        assertThat(result.output()).isEqualTo(BuildResult.Output.SETTINGS);
        assertThat(result.settings()).isEqualTo(Map.of("kv_cache_dtype", "int8"));
    }

    private void requireRefused(ErrorCode code, String message, BuildOrder order) {
        assertThatThrownBy(() -> build(order, ""))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
        assertThat(order.output()).isEmptyDirectory();
    }

    @Test
    void whatCannotBeQuantizedIsRefused() throws IOException {
        Path base = SmallCheckpoint.write(folder.resolve("base"), 4, true);
        requireRefused(ErrorCode.CONFIG_INVALID, "groups of 128", order(base, "rtn", "group=128", "a", 1));
        requireRefused(ErrorCode.CONFIG_INVALID, "is its embedding", order(base, "rtn", "group=32 head=true", "b", 1));
        BuildOrder smooth = order(base, "w8a8", "smooth=0.5", "c", 1);
        requireRefused(
                ErrorCode.CONFIG_INVALID,
                "needs calibration",
                new BuildOrder(
                        smooth.base(), "w8a8", smooth.parameters(), List.of(), smooth.output(), smooth.scratch(), 1));
        BuildOrder once = order(base, "rtn", "group=32", "d", 1);
        build(once, "");
        requireRefused(
                ErrorCode.MODEL_UNSUPPORTED, "quantized already", order(once.output(), "rtn", "group=32", "e", 1));
        requireRefused(
                ErrorCode.MODEL_UNSUPPORTED,
                "dense decoders",
                order(Conformance.root().resolve("mixtral-top2"), "rtn", "group=32", "f", 1));
        requireRefused(
                ErrorCode.MODEL_UNSUPPORTED,
                "dense decoders",
                order(Conformance.root().resolve("gpt2-plain"), "rtn", "group=32", "g", 1));
        BuildOrder random = order(base, "rtn", "group=32", "h", 1);
        requireRefused(
                ErrorCode.MODEL_UNSUPPORTED,
                "checkpoint directories",
                new BuildOrder(
                        new ModelSource("r", URI.create("random:tiny"), ""),
                        "rtn",
                        random.parameters(),
                        List.of(),
                        random.output(),
                        random.scratch(),
                        1));
    }
}
