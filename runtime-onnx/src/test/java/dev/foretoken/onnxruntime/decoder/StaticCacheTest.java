package dev.foretoken.onnxruntime.decoder;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.session.FarSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches of one fixed size, written where {@code cache_position} says. */
final class StaticCacheTest {

    @TempDir
    Path folder;

    /** A row keeps each token plus 1 at its place of 8; the likeliest next token is the number of its first place that is empty. */
    private static GraphWriter graph() {
        return new GraphWriter()
                .input("input_ids", ElementType.INT64, "batch", "length")
                .input("cache_position", ElementType.INT64, "length")
                .input("past_key_values.0.key", ElementType.FP32, "batch", "1", "8", "1")
                .output("logits", ElementType.FP32, "batch", "1", "8")
                .output("present.0.key", ElementType.FP32, "batch", "1", "8", "1")
                .longs("depth", List.of(1L), 8)
                .floats("off_on", List.of(2L), 0, 1)
                .floats("one", List.of(), 1)
                .longs("first", List.of(1L), 0)
                .longs("cache", List.of(4L), -1, 1, 8, 1)
                .longs("rows", List.of(3L), -1, 1, 8)
                .node("OneHot", names("cache_position", "depth", "off_on"), names("places"))
                .node("Cast", names("input_ids"), names("ids"), Attribute.of("to", 1))
                .node("Add", names("ids", "one"), names("kept"))
                .node("MatMul", names("kept", "places"), names("row"))
                .node("Reshape", names("row", "cache"), names("written"))
                .node("ReduceSum", names("places", "first"), names("taken"), Attribute.of("keepdims", 0))
                .node("Sub", names("one", "taken"), names("untaken"))
                .node("Reshape", names("untaken", "cache"), names("free"))
                .node("Mul", names("past_key_values.0.key", "free"), names("others"))
                .node("Add", names("others", "written"), names("present.0.key"))
                .node("Reshape", names("present.0.key", "rows"), names("all"))
                .node("Neg", names("all"), names("logits"));
    }

    private DecoderRuntime open(long mostTensorBytes) {
        var session = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(graph().write(folder.resolve("model.onnx")), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
        return DecoderRuntimes.open(
                new FarSession(session, mostTensorBytes),
                DecoderFacts.of("m", 8, 1, "test"),
                RuntimeOptions.DEFAULT,
                DecoderFixture.COMPUTE);
    }

    @Test
    void writesRowsOfDifferentLengthsEachAtItsOwnPlace() {
        try (DecoderLoop loop = new DecoderLoop(open(Long.MAX_VALUE), 2)) {
            FakeSequence longer = new FakeSequence(1, new int[] {4, 6, 2}, 5);
            FakeSequence shorter = new FakeSequence(2, new int[] {5}, 5);
            for (int step = 0; step < 4; step++) {
                loop.step(List.of(longer, shorter), 8);
            }
            assertThat(longer.generated()).containsExactly(3, 4, 5, 6);
            assertThat(shorter.generated()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void runsRowsOfEqualLengthTogether() {
        try (DecoderLoop loop = new DecoderLoop(open(Long.MAX_VALUE), 2)) {
            FakeSequence one = new FakeSequence(1, new int[] {4, 6}, 5);
            FakeSequence other = new FakeSequence(2, new int[] {5, 1}, 5);
            for (int step = 0; step < 3; step++) {
                loop.step(List.of(one, other), 8);
            }
            assertThat(one.generated()).containsExactly(2, 3, 4);
            assertThat(other.generated()).containsExactly(2, 3, 4);
        }
    }

    /** A row's cache has 8 places of 4 bytes. */
    @Test
    void runsNoMoreRowsTogetherThanATensorMayHave() {
        try (DecoderLoop loop = new DecoderLoop(open(2 * 32 + 31), 3)) {
            List<FakeSequence> three = IntStream.range(0, 3)
                    .mapToObj(i -> new FakeSequence(i, new int[] {4, i}, 5))
                    .toList();
            for (int step = 0; step < 3; step++) {
                loop.step(three, 8);
            }
            assertThat(three).allSatisfy(each -> assertThat(each.generated()).containsExactly(2, 3, 4));
        }
        assertThatThrownBy(() -> open(31)).hasMessageContainingAll("8 tokens has 32 bytes", "at most 31");
    }
}
