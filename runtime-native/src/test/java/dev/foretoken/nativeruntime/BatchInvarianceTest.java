package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same request and seed give the same bits, whatever else is computed, in what pieces and by how many threads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BatchInvarianceTest {

    static final int NEW_TOKENS = 12;
    private static final int BLOCKS = 400;
    /** Whole blocks, and whole chunks of those models that keep states. */
    private static final int SHARED_TOKENS = 64;

    private static final Penalties PENALTIES = new Penalties(0.2f, 0.1f, 1.1f);
    private static final SamplingParams SAMPLING =
            new SamplingParams(0.9f, 0, 0.95f, 0.01f, PENALTIES, LogitBias.NONE, 42);

    /** What every test of a setting compares with, computed once. */
    private final Map<Setting, List<String>> alone = new HashMap<>();

    /** A checkpoint and how it is opened. */
    record Setting(String model, RuntimeOptions options) {}

    static Stream<Setting> settings() {
        Stream.Builder<Setting> settings = Stream.builder();
        for (CacheType type : List.of(CacheType.F32, CacheType.BF16, CacheType.F16, CacheType.INT8)) {
            for (Precision precision : Precision.values()) {
                settings.add(setting("llama-gqa-f32", type, precision));
                settings.add(setting("qwen3-window-layers", type, precision));
                settings.add(setting("llama-rope-dynamic", type, precision));
            }
        }
        for (String model : List.of(
                "mamba-bias", "mamba2-groups-f32", "bamba-bias", "jamba-f32", "falcon-h1-f32", "qwen3-next-f32")) {
            settings.add(setting(model, CacheType.F32, Precision.EXACT));
            settings.add(setting(model, CacheType.F32, Precision.FAST));
            settings.add(quantized(model, Weights.Q8_0, "auto"));
        }
        for (CacheType type : List.of(CacheType.F32, CacheType.BF16)) {
            settings.add(setting("deepseek-v3-f32", type, Precision.EXACT));
            settings.add(setting("deepseek-v3-f32", type, Precision.FAST));
        }
        for (Weights weights : EnumSet.complementOf(EnumSet.of(Weights.STORED))) {
            settings.add(quantized("llama-gqa-f32", weights, "auto"));
        }
        for (String model : List.of("gemma3-mixed", "gpt-oss-f32")) {
            settings.add(setting(model, CacheType.F32, Precision.EXACT));
            settings.add(setting(model, CacheType.BF16, Precision.FAST));
        }
        for (String recipe : List.of(
                "recipe-kv-separate",
                "recipe-kv-windows",
                "recipe-kv-middle",
                "recipe-loop-lora",
                "recipe-drop-sublayers")) {
            settings.add(setting(recipe, CacheType.F32, Precision.EXACT));
            settings.add(setting(recipe, CacheType.BF16, Precision.FAST));
        }
        settings.add(quantized("qwen3-window-layers", Weights.Q8_0, "scalar"));
        settings.add(new Setting("qwen3-tied", new RuntimeOptions(CacheType.F32, "scalar", Precision.EXACT, 0)));
        return settings.build();
    }

    private static Setting quantized(String model, Weights weights, String kernels) {
        return new Setting(model, new RuntimeOptions(CacheType.F32, kernels, Precision.FAST, 0, weights));
    }

    private static Setting setting(String model, CacheType type, Precision precision) {
        return new Setting(model, new RuntimeOptions(type, "auto", precision, 0));
    }

    static StepLoop loop(Setting setting, int threads) {
        return new StepLoop(Conformance.open(setting.model(), setting.options(), threads), BLOCKS);
    }

    static FakeSequence sequence(Setting setting) {
        int[] prompt = Conformance.prompts(setting.model()).stream()
                .map(Conformance.Prompt::ids)
                .max(Comparator.comparingInt(ids -> ids.length))
                .orElseThrow();
        return new FakeSequence(1, prompt, NEW_TOKENS).reporting(4, 2).sampling(SAMPLING);
    }

    private List<String> alone(Setting setting) {
        return alone.computeIfAbsent(setting, BatchInvarianceTest::computeAlone);
    }

    private static List<String> computeAlone(Setting setting) {
        try (StepLoop loop = loop(setting, 1)) {
            return bits(loop.generate(sequence(setting), NEW_TOKENS, Integer.MAX_VALUE));
        }
    }

    /** Every number that came back, down to the last bit. */
    static List<String> bits(FakeSequence sequence) {
        List<String> bits = new ArrayList<>();
        sequence.promptScores.forEach(scores -> bits.add(bits(scores)));
        sequence.details.forEach(scores -> bits.add(bits(scores)));
        for (int token : sequence.generated()) {
            bits.add("token " + token);
        }
        return bits;
    }

    private static String bits(TokenLogprobs scores) {
        StringBuilder text = new StringBuilder(
                "%d %08x %d".formatted(scores.tokenId(), Float.floatToRawIntBits(scores.logprob()), scores.rank()));
        for (int i = 0; i < scores.topIds().length; i++) {
            text.append(" %d %08x".formatted(scores.topIds()[i], Float.floatToRawIntBits(scores.topLogprobs()[i])));
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void givesTheSameBitsForAnyChunkSizeAndThreadCount(Setting setting) {
        List<String> alone = alone(setting);
        int threads = 1;
        for (int chunk : new int[] {1, 7, 33, 64}) {
            try (StepLoop loop = loop(setting, 1 + threads++ % 3)) {
                assertThat(bits(loop.generate(sequence(setting), NEW_TOKENS, chunk)))
                        .as("chunk %d", chunk)
                        .isEqualTo(alone);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void givesTheSameBitsAmongThirtyOneOthers(Setting setting) {
        List<String> alone = alone(setting);
        Random random = new Random(99);
        try (StepLoop loop = loop(setting, 2)) {
            FakeSequence watched = sequence(setting);
            List<FakeSequence> others = new ArrayList<>();
            for (int i = 0; i < 31; i++) {
                int[] prompt = random.ints(1 + random.nextInt(60), 0, 80).toArray();
                others.add(new FakeSequence(2 + i, prompt, 40).sampling(SAMPLING.withSeed(i)));
            }
            int end = watched.length() + NEW_TOKENS;
            while (watched.length() < end) {
                loop.step(crowd(watched, others, random), 1 + random.nextInt(40));
            }
            assertThat(bits(watched)).isEqualTo(alone);
        }
    }

    /** The watched sequence somewhere among those others that are not done. */
    private static List<FakeSequence> crowd(FakeSequence watched, List<FakeSequence> others, Random random) {
        List<FakeSequence> rows = new ArrayList<>(
                others.stream().filter(s -> s.length() < s.maxLength()).toList());
        rows.add(random.nextInt(rows.size() + 1), watched);
        return rows;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void givesTheSameBitsAfterPreemptionByRecompute(Setting setting) {
        List<String> alone = alone(setting);
        try (StepLoop loop = loop(setting, 2)) {
            FakeSequence sequence = sequence(setting);
            loop.generate(sequence, NEW_TOKENS / 2, 50);
            loop.free(sequence);
            sequence.preempt();
            sequence.promptScores.clear();
            loop.generate(sequence, NEW_TOKENS - NEW_TOKENS / 2, 21);
            assertThat(bits(sequence)).isEqualTo(alone);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void givesTheSameBitsBehindAPrefixThatAnotherSequenceComputed(Setting setting) {
        try (StepLoop loop = loop(setting, 2)) {
            List<String> alone = alone(setting);
            FakeSequence owner = loop.begin(sequence(setting), SHARED_TOKENS, 45);
            FakeSequence reader = sequence(setting);
            loop.sharePrefix(owner, reader);
            loop.generate(owner, NEW_TOKENS, 45);
            List<String> shared = bits(loop.generate(reader, NEW_TOKENS, 9));
            assertThat(shared).isEqualTo(alone.subList(alone.size() - shared.size(), alone.size()));
        }
    }
}
