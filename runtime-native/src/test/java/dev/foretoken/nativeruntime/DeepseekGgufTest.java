package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.registry.gguf.GgufWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF files of DeepSeek-V3, which are called deepseek2. */
final class DeepseekGgufTest {

    private static final String MODEL = "deepseek-v3-f32";

    @TempDir
    private Path folder;

    private SequenceRuntime open(GgufWriter writer) {
        Path file = folder.resolve("model.gguf");
        writer.write(file);
        return new NativeRuntimeProvider()
                .open(ModelSource.of("m", file), DeviceSpec.cpu(1), Conformance.EXACT_F32, LoadProgress.SILENT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givesTheGoldenNumbersOfTheCheckpoint(boolean split) {
        GgufWriter writer = DeepseekGguf.of(Conformance.root().resolve(MODEL), split);
        try (StepLoop loop = new StepLoop(open(writer), 100)) {
            for (Conformance.Prompt prompt : Conformance.prompts(MODEL).subList(0, 4)) {
                FakeSequence sequence = new FakeSequence(1, prompt.ids(), prompt.tokens().length).reporting(1, -1);
                loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
                assertThat(sequence.generated()).isEqualTo(prompt.tokens());
                for (int i = 0; i < prompt.tokens().length; i++) {
                    assertThat((double) sequence.details.get(i).logprob())
                            .isCloseTo(prompt.logprobs()[i], within(1e-3));
                }
                loop.free(sequence);
            }
        }
    }

    @Test
    void refusesExpertsThatAreNotChosenBySigmoids() {
        GgufWriter writer =
                DeepseekGguf.of(Conformance.root().resolve(MODEL), true).put("deepseek2.expert_gating_func", 1);
        assertThatThrownBy(() -> open(writer))
                .hasMessageContaining("expert_gating_func")
                .hasMessageContaining("sigmoid");
    }
}
