package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.onnxruntime.decoder.DecoderFixture.Golden;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences alone and in company give the reference's logits and greedy tokens, whatever form their caches have. */
final class DecoderRuntimeTest {

    private static final double EXACT = 1e-4;
    /** MatMulNBits may round activations to 8 bits. */
    private static final double QUANTIZED = 5e-3;

    /** A rounded key may fall to the other side of half a unit. */
    private static final Map<String, Double> ROUNDED = Map.of(
            "llama-genai-int4", QUANTIZED, "llama-plain-f16", 2e-3, "llama-plain-bf16", 1e-2, "llama-genai-f16", 5e-3);

    private static FakeSequence sequence(long id, Golden golden) {
        return new FakeSequence(id, golden.prompt(), golden.greedy().length + 1)
                .reporting(DecoderFixture.VOCABULARY, -1);
    }

    /** Log-probabilities of all tokens at every draw against the reference's. */
    private static void requireGolden(String name, FakeSequence sequence, Golden golden, int steps) {
        assertThat(sequence.generated()).startsWith(Arrays.copyOf(golden.greedy(), steps));
        for (int step = 0; step < steps; step++) {
            double[] logits = golden.logits().get(step);
            double scale = Arrays.stream(logits).map(Math::abs).max().orElseThrow();
            double sum = Math.log(Arrays.stream(logits).map(Math::exp).sum());
            double bound = ROUNDED.getOrDefault(name, EXACT) * scale;
            TokenLogprobs detail = sequence.details.get(step);
            for (int i = 0; i < detail.topIds().length; i++) {
                double expected = logits[detail.topIds()[i]] - sum;
                assertThat((double) detail.topLogprobs()[i])
                        .as("%s, step %d, token %d", name, step, detail.topIds()[i])
                        .isCloseTo(expected, within(bound));
            }
        }
    }

    static List<String> names() {
        return List.of(
                "llama-plain",
                "llama-genai",
                "llama-genai-int4",
                "moe-plain",
                "moe-genai",
                "mamba",
                "delta-genai",
                "hybrid",
                "llama-plain-f16",
                "llama-plain-bf16",
                "llama-genai-f16",
                "llama-genai-bare",
                "llama-keep",
                "llama-static");
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesTheReferencesLogitsAlone(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        try (DecoderLoop loop = new DecoderLoop(fixture.open(), 2)) {
            for (Golden golden : fixture.goldens()) {
                for (int chunk : new int[] {64, 2, 1}) {
                    FakeSequence sequence = sequence(chunk, golden);
                    while (sequence.details.size() < golden.greedy().length) {
                        loop.step(List.of(sequence), chunk);
                    }
                    requireGolden(name, sequence, golden, golden.greedy().length);
                    loop.free(sequence);
                }
            }
        }
    }

    /** Each step takes a random part of those that run, in a random order; some end, new ones take their slots. */
    @ParameterizedTest
    @MethodSource("names")
    void givesThemInAnyCompany(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        requireGoldenInCompany(name, fixture.goldens(), fixture.open());
    }

    /** A graph whose mask cannot hide what is on the left of a row. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-plain", "hybrid"})
    void givesThemWhereOnlyEqualLengthsRunTogether(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        DecoderFacts facts = new DecoderFacts(name, 128, 32, false, false, PortNames.CUSTOMARY, 1, "test");
        requireGoldenInCompany(
                name,
                fixture.goldens(),
                DecoderRuntimes.open(fixture.session(), facts, RuntimeOptions.DEFAULT, DecoderFixture.COMPUTE));
    }

    @ParameterizedTest
    @MethodSource("names")
    void givesThemThroughTheCInterface(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        try (CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)) {
            GraphSession session =
                    factory.open(fixture.folder().resolve("model.onnx"), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
            requireGoldenInCompany(name, fixture.goldens(), fixture.open(session));
        }
    }

    private static void requireGoldenInCompany(String name, List<Golden> goldens, DecoderRuntime runtime) {
        Random random = new Random(7);
        try (DecoderLoop loop = new DecoderLoop(runtime, 6)) {
            List<FakeSequence> running = new ArrayList<>();
            for (int step = 0, ended = 0; ended < 25; step++) {
                if (running.size() < 6 && random.nextInt(3) > 0) {
                    running.add(sequence(step, goldens.get(step % goldens.size())));
                }
                List<FakeSequence> chosen = new ArrayList<>(running);
                Collections.shuffle(chosen, random);
                chosen.subList(0, random.nextInt(4) == 0 ? chosen.size() / 2 : 0)
                        .clear();
                if (!chosen.isEmpty()) {
                    loop.step(chosen, 1 + random.nextInt(8));
                }
                for (FakeSequence sequence : List.copyOf(running)) {
                    int steps = sequence.details.size();
                    Golden golden = goldens.get((int) sequence.sequenceId() % goldens.size());
                    if (steps == golden.greedy().length || (steps > 3 && random.nextInt(12) == 0)) {
                        requireGolden(name, sequence, golden, steps);
                        loop.free(sequence);
                        running.remove(sequence);
                        ended++;
                    }
                }
            }
        }
    }
}
