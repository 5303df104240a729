package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import dev.foretoken.registry.gguf.export.CheckpointExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint directory and the GGUF file made of it are the same model. */
final class GgufModelTest {

    private static final int BLOCKS = 64;
    private static final int ANSWER_TOKENS = 24;
    private static final RuntimeOptions SCALAR = Conformance.EXACT_F32;
    private static final RuntimeOptions FASTEST = Conformance.options("auto", RuntimeOptions.CacheType.F32);

    /** Ids without a meaning: what follows is anything but certain, so that small differences show. */
    private static final List<int[]> DEMO_PROMPTS =
            List.of(new int[] {0, 300, 301, 302}, new int[] {0, 3, 700, 42, 1500, 4}, new int[] {0});

    private record Answer(List<Integer> tokens, List<Double> logprobs) {}

    @TempDir
    private Path folder;

    private Path write(GgufWriter writer) {
        Path path = folder.resolve("model.gguf");
        writer.write(path);
        return path;
    }

    private static Path demo() {
        return Path.of(System.getProperty("foretoken.root"), "src", "models", "demo", "model");
    }

    private static SequenceRuntime open(Path path, RuntimeOptions options, LoadProgress progress) {
        return new NativeRuntimeProvider().open(ModelSource.of("m", path), DeviceSpec.cpu(1), options, progress);
    }

    private static List<Answer> answers(Path path, List<int[]> prompts, RuntimeOptions options) {
        List<Answer> answers = new ArrayList<>();
        try (StepLoop loop = new StepLoop(open(path, options, LoadProgress.SILENT), BLOCKS)) {
            for (int[] prompt : prompts) {
                FakeSequence sequence = new FakeSequence(1, prompt, ANSWER_TOKENS).reporting(1, -1);
                loop.generate(sequence, ANSWER_TOKENS, Integer.MAX_VALUE);
                List<Double> logprobs = new ArrayList<>();
                sequence.details.forEach(detail -> logprobs.add((double) detail.logprob()));
                answers.add(new Answer(boxed(sequence.generated()), logprobs));
                loop.free(sequence);
            }
        }
        return answers;
    }

    private static List<Integer> boxed(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }

    private static List<int[]> conformancePrompts(String name) {
        return Conformance.prompts(name).stream()
                .map(Conformance.Prompt::ids)
                .limit(2)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "granitemoe-plain",
                "granitemoe-scaled",
                "gpt-oss-f32",
                "llama-attention-bias",
                "llama-gqa-f32",
                "llama-head-dim",
                "llama-mha-legacy",
                "llama-mlp-bias",
                "llama-mqa-f16",
                "llama-odd-f32",
                "llama-rope-linear",
                "llama-rope-yarn",
                "llama-text",
                "llama-tied",
                "mistral-full",
                "mistral-window",
                "mixtral-top2",
                "olmoe-plain",
                "qwen2-bias",
                "qwen2-tied-f32",
                "qwen2-yarn",
                "qwen3-attention-bias",
                "qwen3-moe-normalized",
                "qwen3-tied",
                "qwen3-untied-f16"
            })
    void givesTheVeryNumbersOfTheCheckpoint(String name) {
        Path directory = Conformance.root().resolve(name);
        Path gguf = write(GgufExport.of(directory, null));
        assertThat(answers(gguf, conformancePrompts(name), SCALAR))
                .isEqualTo(answers(directory, conformancePrompts(name), SCALAR));
    }

    /** Numbers of F32 and F16 checkpoints are kept, in F32. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-attention-bias",
                "llama-gqa-f32",
                "llama-head-dim",
                "llama-mha-legacy",
                "llama-mlp-bias",
                "llama-mqa-f16",
                "llama-odd-f32",
                "llama-rope-linear",
                "llama-rope-yarn",
                "llama-sharded",
                "llama-text",
                "llama-tied",
                "mistral-full",
                "mistral-window",
                "qwen2-bias",
                "qwen2-tied-f32",
                "qwen2-yarn",
                "qwen3-attention-bias",
                "qwen3-text",
                "qwen3-tied"
            })
    void givesTheVeryNumbersOfACheckpointThatWasExported(String name) {
        Path directory = Conformance.root().resolve(name);
        Path gguf = folder.resolve("exported.gguf");
        CheckpointExport.write(directory, GgmlType.F32, gguf, LoadProgress.SILENT);
        assertThat(answers(gguf, conformancePrompts(name), SCALAR))
                .isEqualTo(answers(directory, conformancePrompts(name), SCALAR));
    }

    /** The prompts mean nothing, so four bits move the probabilities of what follows them much. */
    @ParameterizedTest
    @CsvSource({"F16, 0.05", "BF16, 0.05", "Q8_0, 0.1", "Q4_0, 1.5"})
    void saysWhatTheDemoModelSaysWhenExported(GgmlType type, double within) {
        Path gguf = folder.resolve("exported.gguf");
        CheckpointExport.write(demo(), type, gguf, LoadProgress.SILENT);
        List<Answer> expected = answers(demo(), DEMO_PROMPTS, FASTEST);
        List<Answer> actual = answers(gguf, DEMO_PROMPTS, FASTEST);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).logprobs().getFirst())
                    .isCloseTo(expected.get(i).logprobs().getFirst(), within(within));
        }
    }

    /** What a file of the architecture has no word for is set to what it means without. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gemma2-capped | query_pre_attn_scalar | 20",
                "gemma3-legacy | query_pre_attn_scalar | 20",
                "phi3-longrope | |",
                "phi3-window | |",
                "olmo2-norms | |",
                "gpt2-plain | |",
                "granite-multipliers | |"
            })
    void givesTheNumbersOfOtherDenseCheckpoints(String name, String field, Integer value) throws IOException {
        Path copy = folder.resolve(name);
        Files.createDirectory(copy);
        Path directory = Conformance.root().resolve(name);
        Files.copy(directory.resolve("model.safetensors"), copy.resolve("model.safetensors"));
        String config = Files.readString(directory.resolve("config.json"));
        String changed =
                field == null ? config : config.replaceFirst("\"" + field + "\": \\d+", "\"" + field + "\": " + value);
        Files.writeString(copy.resolve("config.json"), changed);
        Path gguf = write(GgufExport.of(copy, null));
        assertThat(answers(gguf, conformancePrompts(name), SCALAR))
                .isEqualTo(answers(copy, conformancePrompts(name), SCALAR));
    }

    /** Options that files have no word for are set to what files mean without: time steps without limits, normalised weights of experts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mamba-f32 | 0",
                "mamba-bias | 0",
                "mamba2-limits | 0",
                "jamba-f32 | 0",
                "jamba-dense | 0",
                "granitemoehybrid-f32 | 0",
                "bamba-bias | 0",
                "nemotron-h-f32 | 0",
                "nemotron-h-bias | 0",
                "nemotron-h-moe | 0",
                "falcon-h1-f32 | 1e-4",
                "falcon-h1-gate-first | 0",
                "qwen3-next-f32 | 0",
                "qwen3-next-dense | 0"
            })
    void givesTheNumbersOfCheckpointsThatCarryStates(String name, double within) throws IOException {
        Path copy = unlimited(name);
        List<Answer> expected = answers(copy, conformancePrompts(name), SCALAR);
        List<Answer> actual = answers(write(HybridGguf.of(copy)), conformancePrompts(name), SCALAR);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).tokens()).isEqualTo(expected.get(i).tokens());
            for (int j = 0; j < ANSWER_TOKENS; j++) {
                assertThat(actual.get(i).logprobs().get(j))
                        .isCloseTo(expected.get(i).logprobs().get(j), within(within));
            }
        }
    }

    private Path unlimited(String name) throws IOException {
        Path copy = folder.resolve(name);
        Files.createDirectory(copy);
        Path directory = Conformance.root().resolve(name);
        Files.copy(directory.resolve("model.safetensors"), copy.resolve("model.safetensors"));
        String config = Files.readString(directory.resolve("config.json"));
        Files.writeString(
                copy.resolve("config.json"),
                config.replaceFirst("\"time_step_limit\": \\[[^\\]]*\\]", "\"time_step_limit\": null")
                        .replaceFirst("\"time_step_min\": [^,]*", "\"time_step_min\": 0")
                        .replaceFirst("\"norm_topk_prob\": false", "\"norm_topk_prob\": true"));
        return copy;
    }

    /** Their files hold divisors rounded to fp32 where configurations hold a formula. */
    @Test
    void givesTheTokensOfACheckpointWhoseFrequenciesAreDivided() {
        Path directory = Conformance.root().resolve("llama-rope-llama3");
        Path gguf = write(GgufExport.of(directory, null));
        List<int[]> prompts = conformancePrompts("llama-rope-llama3");
        assertThat(answers(gguf, prompts, SCALAR).stream().map(Answer::tokens))
                .isEqualTo(answers(directory, prompts, SCALAR).stream()
                        .map(Answer::tokens)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource(
            value = GgmlType.class,
            names = {"BF16", "F16"})
    void answersAsTheDemoModelDoes(GgmlType type) {
        List<Answer> expected = answers(demo(), DEMO_PROMPTS, FASTEST);
        List<Answer> actual = answers(write(GgufExport.of(demo(), type)), DEMO_PROMPTS, FASTEST);
        assertThat(actual.stream().map(Answer::tokens).toList())
                .isEqualTo(expected.stream().map(Answer::tokens).toList());
        if (type == GgmlType.BF16) {
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void readsExpertsThatHaveTensorsOfTheirOwn() {
        Path directory = Conformance.root().resolve("mixtral-top2");
        Path gguf = write(GgufExport.of(directory, null, false));
        assertThat(answers(gguf, conformancePrompts("mixtral-top2"), SCALAR))
                .isEqualTo(answers(directory, conformancePrompts("mixtral-top2"), SCALAR));
    }

    /** Of a tensor of all experts each takes its own blocks. */
    @ParameterizedTest
    @ValueSource(strings = {"mixtral-top2", "olmoe-plain"})
    void quantizedTensorsOfAllExpertsAreTheQuantizedMatricesOfEach(String name) {
        Path directory = Conformance.root().resolve(name);
        List<int[]> prompts = conformancePrompts(name);
        List<Answer> stacked = answers(write(GgufExport.of(directory, GgmlType.Q8_0)), prompts, SCALAR);
        assertThat(stacked)
                .isEqualTo(answers(write(GgufExport.of(directory, GgmlType.Q8_0, false)), prompts, SCALAR))
                .isNotEqualTo(answers(directory, prompts, SCALAR));
        assertNear(stacked, answers(directory, prompts, SCALAR));
    }

    @Test
    void quantizedExpertsWhoseGateAndUpWereOneTensorAnswerNearly() {
        Path directory = Conformance.root().resolve("granitemoe-scaled");
        List<int[]> prompts = conformancePrompts("granitemoe-scaled");
        List<Answer> quantized = answers(write(GgufExport.of(directory, GgmlType.Q8_0)), prompts, SCALAR);
        assertThat(quantized).isNotEqualTo(answers(directory, prompts, SCALAR));
        assertNear(quantized, answers(directory, prompts, SCALAR));
    }

    /** What is drawn first, before paths may part. */
    private static void assertNear(List<Answer> actual, List<Answer> expected) {
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i).tokens().getFirst())
                    .isEqualTo(expected.get(i).tokens().getFirst());
            assertThat(actual.get(i).logprobs().getFirst())
                    .isCloseTo(expected.get(i).logprobs().getFirst(), within(0.1));
        }
    }

    /** Each next token of the demo model's own answers, asked for again with rounded weights. */
    @Test
    void aFileInPartsIsTheSameModel() {
        Path directory = Conformance.root().resolve("qwen3-tied");
        Path split = GgufExport.of(directory, null).writeSplit(folder, "model", 4);
        assertThat(answers(split, conformancePrompts("qwen3-tied"), SCALAR))
                .isEqualTo(answers(directory, conformancePrompts("qwen3-tied"), SCALAR));
    }

    @Test
    void choosesNearlyAllTokensOfTheDemoModelFromEightBits() {
        Path gguf = write(GgufExport.of(demo(), GgmlType.Q8_0));
        List<Answer> expected = answers(demo(), DEMO_PROMPTS, FASTEST);
        int same = 0;
        try (StepLoop loop = new StepLoop(open(gguf, FASTEST, LoadProgress.SILENT), BLOCKS)) {
            for (int i = 0; i < expected.size(); i++) {
                IntStream answer = expected.get(i).tokens().stream().mapToInt(Integer::intValue);
                int[] text = IntStream.concat(Arrays.stream(DEMO_PROMPTS.get(i)), answer)
                        .toArray();
                FakeSequence sequence = new FakeSequence(1, text, 1).reporting(1, 0);
                loop.generate(sequence, 1, Integer.MAX_VALUE);
                List<TokenLogprobs> scores = sequence.promptScores;
                same += (int) scores.subList(scores.size() - ANSWER_TOKENS, scores.size()).stream()
                        .filter(score -> score.rank() == 1)
                        .count();
                loop.free(sequence);
            }
        }
        assertThat(same).isGreaterThanOrEqualTo(DEMO_PROMPTS.size() * ANSWER_TOKENS * 9 / 10);
    }

    @Test
    void reportsProgressUpToTheBytesOfAllMatrices() {
        Path gguf = write(GgufExport.of(Conformance.root().resolve("llama-tied"), null));
        List<Long> done = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        open(gguf, SCALAR, (stage, bytes, total) -> {
                    done.add(bytes);
                    totals.add(total);
                })
                .close();
        assertThat(done).isSorted().hasSizeGreaterThan(8);
        assertThat(done.getLast()).isEqualTo(totals.getLast()).isPositive();
    }

    @Test
    void saysWhatItFoundInFilesItDoesNotServe() throws IOException {
        refuses(write(sound().put("general.architecture", "rwkv7")), "\"rwkv7\"; supported is one of llama, deepseek2");
        refuses(write(sound().put("llama.expert_count", 8)), "llama.expert_used_count");
        refuses(write(sound().put("llama.rope.scaling.type", "longrope")), "\"longrope\"");
        refuses(write(sound().put("llama.rope.dimension_count", 2)), "rope.dimension_count 2");
        refuses(
                write(sound().tensor("blk.0.extra", GgmlType.F32, new byte[4], 1)),
                "tensor blk.0.extra is in the file");
        refuses(
                write(sound().tensor("output_norm.weight", GgmlType.Q8_0, new byte[34], 32)),
                "output_norm.weight has the dimensions");
        Path other = Files.writeString(folder.resolve("notes.txt"), "hello");
        refuses(other, "notes.txt is a file of another kind");
        refuses(folder.resolve("none.gguf"), "none.gguf is not there");
    }

    private static GgufWriter sound() {
        return GgufExport.of(Conformance.root().resolve("llama-tied"), null);
    }

    private static void refuses(Path path, String message) {
        assertThatThrownBy(() -> open(path, SCALAR, LoadProgress.SILENT).close())
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.MODEL_UNSUPPORTED, ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
    }
}
