package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.decoder.DecoderFixture.Golden;
import dev.foretoken.onnxruntime.session.FarSession;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoders over the C API, with caches that lie where the host cannot see them: what a GPU asks of a decoder, on the CPU. */
final class FarDecoderTest {

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);

    @AfterEach
    void close() {
        factory.close();
    }

    private FarSession far(DecoderFixture fixture) {
        return new FarSession(
                factory.open(fixture.folder().resolve("model.onnx"), DeviceSpec.cpu(1), SessionOptions.DEFAULT));
    }

    /** A sequence joins at every second step, so that caches are placed, moved and left while others run. */
    @ParameterizedTest
    @ValueSource(
            strings = {"llama-plain", "llama-genai", "llama-genai-int4", "moe-plain", "moe-genai", "mamba", "hybrid"})
    void drawsTheReferencesTokensFromCachesThatTheHostCannotSee(String name) {
        DecoderFixture fixture = DecoderFixture.of(name);
        List<Golden> goldens = fixture.goldens();
        FarSession session = far(fixture);
        try (DecoderLoop loop = new DecoderLoop(fixture.open(session), 3)) {
            List<FakeSequence> running = new ArrayList<>();
            int ended = 0;
            for (int step = 0; ended < 6; step++) {
                if (step % 2 == 0 && running.size() < 3) {
                    Golden golden = goldens.get(step % goldens.size());
                    running.add(new FakeSequence(step, golden.prompt(), golden.greedy().length + 1));
                }
                loop.step(running, 8);
                for (FakeSequence sequence : List.copyOf(running)) {
                    int[] greedy = goldens.get((int) sequence.sequenceId() % goldens.size())
                            .greedy();
                    if (sequence.generated().length >= greedy.length) {
                        assertThat(sequence.generated()).startsWith(greedy);
                        loop.free(sequence);
                        running.remove(sequence);
                        ended++;
                    }
                }
            }
            assertThat(((DecoderRuntime) loop.runtime).traffic().moved())
                    .as("rows moved")
                    .isPositive();
            assertThat(session.copied()).as("of caches by the host").isZero();
            Stream.concat(session.inputs().stream(), session.outputs().stream())
                    .map(GraphPort::name)
                    .filter(port -> port.startsWith("past") || port.startsWith("present"))
                    .forEach(port -> assertThat(session.crossed(port)).as(port).isZero());
        }
    }
}
