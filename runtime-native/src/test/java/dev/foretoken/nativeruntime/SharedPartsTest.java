package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.nativeruntime.weights.SplitCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Variants whose files are links to the same parts. */
final class SharedPartsTest {

    private final NativeRuntimeProvider provider = new NativeRuntimeProvider();

    @TempDir
    private Path home;

    private Path split(Path from, String name) {
        return new SplitCheckpoint(home.resolve("blobs")).write(from, home.resolve(name));
    }

    private SequenceRuntime open(Path path) {
        return provider.open(ModelSource.of("m", path), DeviceSpec.cpu(1), Conformance.EXACT_F32, LoadProgress.SILENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-deep", "llama-sharded", "gpt-oss-mxfp4", "qwen3-untied-f16"})
    void aSecondVariantOfTheSamePartsCostsNoSecondCopyOfTheWeights(String name) throws IOException {
        Path model = Conformance.root().resolve(name);
        Path second = split(model, "second");
        Files.writeString(second.resolve("README.md"), "another");
        try (SequenceRuntime one = open(split(model, "first"));
                SequenceRuntime other = open(second)) {
            assertThat(one.heldAs().weightBytes()).isPositive();
            assertThat(one.residentBytes() - other.residentBytes())
                    .isEqualTo(one.heldAs().weightBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-deep", "llama-sharded"})
    void answersAreThoseOfTheCheckpointInOnePiece(String name) {
        Path model = Conformance.root().resolve(name);
        try (SequenceRuntime whole = open(model);
                SequenceRuntime parts = open(split(model, "parts"))) {
            assertThat(parts.shape().numericsId()).isEqualTo(whole.shape().numericsId());
            assertSameBits(name, whole, parts);
        }
    }

    @Test
    void aRecipeBringsItsBaseAndSharesItWithTheBaseItself() throws IOException {
        Path base = Conformance.root().resolve("llama-deep");
        Path recipe = Conformance.root().resolve("recipe-loop-lora");
        Path variant = split(recipe, "variant");
        split(base, "variant/base");
        String text = Files.readString(recipe.resolve("recipe.json")).replace("../llama-deep", "base");
        Files.delete(variant.resolve("recipe.json"));
        Files.writeString(variant.resolve("recipe.json"), text);
        try (SequenceRuntime alone = open(split(base, "alone"));
                SequenceRuntime whole = open(recipe);
                SequenceRuntime parts = open(variant)) {
            assertThat(alone.residentBytes()).isGreaterThan(alone.heldAs().weightBytes());
            assertThat(whole.residentBytes() - parts.residentBytes())
                    .isGreaterThan(alone.heldAs().weightBytes() / 4);
            assertSameBits("recipe-loop-lora", whole, parts);
        }
    }

    private static void assertSameBits(String name, SequenceRuntime whole, SequenceRuntime parts) {
        StepLoop one = new StepLoop(whole, 16);
        StepLoop other = new StepLoop(parts, 16);
        for (Conformance.Prompt prompt : Conformance.prompts(name)) {
            FakeSequence expected = answered(one, prompt);
            FakeSequence found = answered(other, prompt);
            assertThat(found.generated()).isEqualTo(expected.generated());
            assertThat(found.details).isNotEmpty().usingRecursiveComparison().isEqualTo(expected.details);
        }
    }

    private static FakeSequence answered(StepLoop loop, Conformance.Prompt prompt) {
        FakeSequence sequence = new FakeSequence(1, prompt.ids(), prompt.tokens().length).reporting(4, -1);
        loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
        loop.free(sequence);
        return sequence;
    }
}
