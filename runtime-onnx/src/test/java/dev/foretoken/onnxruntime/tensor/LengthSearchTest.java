package dev.foretoken.onnxruntime.tensor;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static dev.foretoken.onnxruntime.tensor.Values.floats;
import static dev.foretoken.onnxruntime.tensor.Values.longs;
import static java.util.List.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LengthSearchTest {

    private static final int WORDS = 5;
    private static final int POSITIONS = 6;

    @TempDir
    Path folder;

    private final List<TensorRuntime> open = new ArrayList<>();

    private TensorRuntime open(GraphWriter graph) {
        TensorRuntime runtime = GraphTensorRuntime.over(
                new GraphTensorRuntime.Sessions(
                        new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                                .open(
                                        graph.write(folder.resolve("graph.onnx")),
                                        DeviceSpec.cpu(1),
                                        SessionOptions.DEFAULT),
                        Optional.empty()),
                GraphDeclaration.of("graph.onnx"),
                new GraphTensorRuntime.Facts(1, new ComputeInfo("test", 1, CpuList.ANY)));
        open.add(runtime);
        return runtime;
    }

    @AfterEach
    void close() {
        open.forEach(TensorRuntime::close);
    }

    /** ids -> vectors of words, fp32 [batch, length, 1], and {@code length}: how long the texts are. */
    private static GraphWriter words() {
        return new GraphWriter()
                .input("ids", ElementType.INT64, "batch", "length")
                .output("vectors", ElementType.FP32, "batch", "length", "1")
                .floats("words", of((long) WORDS, 1L), new float[WORDS])
                .longs("zero", of(), 0)
                .longs("one", of(), 1)
                .node("Gather", names("words", "ids"), names("meant"))
                .node("Shape", names("ids"), names("shape"))
                .node("Gather", names("shape", "one"), names("length"));
    }

    /** Looks positions up from {@code first} on, as the families of BERT (0) and RoBERTa (2) do. */
    private static GraphWriter lookingUp(long first) {
        return words().longs("first", of(), first)
                .floats("table", of((long) POSITIONS, 1L), 0, 1, 2, 3, 4, 5)
                .node("Range", names("zero", "length", "one"), names("counted"))
                .node("Add", names("counted", "first"), names("positions"))
                .node("Gather", names("table", "positions"), names("placed"))
                .node("Add", names("meant", "placed"), names("vectors"));
    }

    /** Cuts as many positions as there are from the table, and quietly fewer than the text has. */
    private static GraphWriter cutting() {
        return words().floats("table", of(1L, (long) POSITIONS, 1L), 0, 1, 2, 3, 4, 5)
                .longs("axis", of(1L), 1)
                .longs("begin", of(1L), 0)
                .node("Unsqueeze", names("length", "begin"), names("end"))
                .node("Slice", names("table", "begin", "end", "axis"), names("placed"))
                .node("Add", names("meant", "placed"), names("vectors"));
    }

    private static Tensor ids(int rows, int length) {
        return longs("ids", of((long) rows, (long) length), new long[rows * length]);
    }

    private static ForetokenException failure(TensorRuntime runtime, Tensor ids) {
        List<ForetokenException> thrown = new ArrayList<>();
        assertThatThrownBy(() -> runtime.run(of(ids), of("vectors")))
                .isInstanceOfSatisfying(ForetokenException.class, thrown::add);
        return thrown.getFirst();
    }

    private static void refusesBeyond(TensorRuntime runtime, int most) {
        for (int given : new int[] {most + 1, 3 * most + 2, most + 1}) {
            ForetokenException failure = failure(runtime, ids(2, given));
            assertThat(failure.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
            assertThat(failure)
                    .hasMessage("input 'ids' has %d positions along axis 1, the graph of this model computes at most %d"
                            .formatted(given, most));
        }
        assertThat(floats(runtime.run(of(ids(1, most)), of("vectors")).getFirst()))
                .hasSize(most);
    }

    @Test
    void namesTheLongestThatATableOfPositionsHas() {
        refusesBeyond(open(lookingUp(0)), POSITIONS);
    }

    @Test
    void countsThePositionsThatATableKeepsForItself() {
        refusesBeyond(open(lookingUp(2)), POSITIONS - 2);
    }

    @Test
    void namesTheLongestWhereTheTableIsCutToTheText() {
        refusesBeyond(open(cutting()), POSITIONS);
    }

    @Test
    void anUnknownWordIsNotAMatterOfLength() {
        TensorRuntime runtime = open(lookingUp(0));
        for (long[] text : new long[][] {{0, 0, WORDS}, {WORDS, 0, 0}}) {
            ForetokenException failure = failure(runtime, longs("ids", of(1L, 3L), text));
            assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(failure).hasMessageContaining("idx=" + WORDS);
        }
    }

    @Test
    void whatIsNoInputOfTheGraphIsSaidAsItIs() {
        TensorRuntime runtime = open(lookingUp(0));
        assertThat(failure(runtime, longs("ids", of(9L), new long[9])).code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(failure(runtime, longs("texts", of(1L, 9L), new long[9])))
                .hasMessageContaining("is no input of this model");
    }

    @Test
    void aGraphThatFailsAtEveryLengthIsSaidToFail() {
        TensorRuntime runtime = open(words().longs("to", of(2L), 7, 7)
                .node("Reshape", names("meant", "to"), names("vectors"), Attribute.of("allowzero", 0)));
        assertThat(failure(runtime, ids(1, 3)).code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
    }
}
