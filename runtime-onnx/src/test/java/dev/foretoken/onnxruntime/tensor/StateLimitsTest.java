package dev.foretoken.onnxruntime.tensor;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static dev.foretoken.onnxruntime.tensor.Values.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What loops and streams keep is of one shape, bounded, and no more than what they need. */
class StateLimitsTest {

    private static final GraphDeclaration PLAIN = GraphDeclaration.of("model.onnx");

    @TempDir
    Path folder;

    private TensorRuntime open(GraphWriter graph, GraphDeclaration declaration) {
        return GraphTensorRuntime.over(
                new GraphTensorRuntime.Sessions(
                        new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                                .open(
                                        graph.write(folder.resolve("model.onnx")),
                                        DeviceSpec.cpu(1),
                                        SessionOptions.DEFAULT),
                        Optional.empty()),
                declaration,
                new GraphTensorRuntime.Facts(1, new ComputeInfo("test", 1, CpuList.ANY)));
    }

    /** longer = x and a 1 behind it; same = x. */
    private static GraphWriter growing() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "1", "n")
                .output("longer", ElementType.FP32, "1", "m")
                .output("same", ElementType.FP32, "1", "n")
                .floats("one", List.of(1L, 1L), 1)
                .node("Concat", names("x", "one"), names("longer"), Attribute.of("axis", 1))
                .node("Identity", names("x"), names("same"));
    }

    private static LoopDeclaration keeping(String output) {
        return new LoopDeclaration(
                3, Optional.empty(), Map.of("x", "longer"), Map.of(), Optional.empty(), List.of(output));
    }

    @Test
    void keepsNoOutputWhoseShapeChangesBetweenRuns() {
        try (TensorRuntime runtime = open(growing(), PLAIN.withLoop(keeping("same")))) {
            Tensor x = floats("x", List.of(1L, 2L), 5, 6);
            assertThatThrownBy(() -> runtime.run(List.of(x), List.of("same")))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("Tensor same is [1, 2] in one run and [1, 3] in the next");
            assertThat(floats(runtime.run(List.of(x), List.of("longer")).getFirst()))
                    .containsExactly(5, 6, 1, 1, 1);
        }
    }

    /** Adds to a cache [batch, 1024] what it is given; its y is that sum's. */
    private TensorRuntime summing() {
        return open(
                new GraphWriter()
                        .input("x", ElementType.FP32, "batch", "1")
                        .input("sum_in", ElementType.FP32, "batch", "1024")
                        .output("y", ElementType.FP32, "batch", "1024")
                        .output("sum_out", ElementType.FP32, "batch", "1024")
                        .node("Add", names("x", "sum_in"), names("sum_out"))
                        .node("Identity", names("sum_out"), names("y")),
                PLAIN.withCaches(Map.of("sum_in", "sum_out")));
    }

    @Test
    void boundsTheCachesOfARequestWithoutAStream() {
        try (TensorRuntime runtime = summing()) {
            int rows = (int) (OneRunBudget.MAX_BYTES / 4096) + 1;
            Tensor x = floats("x", List.of((long) rows, 1L), new float[rows]);
            assertThatThrownBy(() -> runtime.run(List.of(x), List.of("y")))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                    .hasMessageContaining("cache 'sum_in' would take 268439552 bytes")
                    .hasMessageContaining("at most 268435456");
            assertThat(floats(runtime.run(List.of(floats("x", List.of(1L, 1L), 3)), List.of("y"))
                            .getFirst()))
                    .containsOnly(3);
        }
    }

    @Test
    void sharesTheMemoryOfOutputsBetweenStreams() {
        try (TensorRuntime runtime = summing();
                TensorRuntime.TensorSession one = runtime.openSession(StateBudget.UNBOUNDED);
                TensorRuntime.TensorSession other = runtime.openSession(StateBudget.UNBOUNDED)) {
            Tensor x = floats("x", List.of(1L, 1L), 3);
            long first = one.run(List.of(x), List.of("y")).getFirst().data().address();
            assertThat(other.run(List.of(x), List.of("y")).getFirst().data().address())
                    .isEqualTo(first);
            assertThat(floats(one.run(List.of(x), List.of("y")).getFirst())).containsOnly(6);
        }
    }

    private GraphWriter steered(ElementType type, String... shape) {
        return new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .input("steps", type, shape)
                .output("next", ElementType.FP32, "n")
                .output("told", type, shape)
                .node("Identity", names("x"), names("next"))
                .node("Identity", names("steps"), names("told"));
    }

    private TensorRuntime counted(ElementType type, String... shape) {
        return open(
                steered(type, shape),
                PLAIN.withLoop(new LoopDeclaration(
                        3, Optional.of("steps"), Map.of("x", "next"), Map.of(), Optional.empty(), List.of())));
    }

    @Test
    void countsRunsByNoInputThatCannotTellThem() {
        assertThatThrownBy(() -> counted(ElementType.INT32, "1"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                .hasMessageContaining("input steps is INT32 [1], expected INT64 of one element");
        assertThatThrownBy(() -> counted(ElementType.INT64, "2")).hasMessageContaining("input steps is INT64 [2]");
        counted(ElementType.INT64, "1").close();
        counted(ElementType.INT64).close();
    }

    /** longer = x + t and a 1 behind it. */
    @Test
    void givesAScheduleTheSizeOfAStateThatGrew() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "1", "n")
                .input("t", ElementType.FP32, "1", "n")
                .output("longer", ElementType.FP32, "1", "m")
                .floats("one", List.of(1L, 1L), 1)
                .node("Add", names("x", "t"), names("sum"))
                .node("Concat", names("sum", "one"), names("longer"), Attribute.of("axis", 1));
        LoopDeclaration loop = new LoopDeclaration(
                3,
                Optional.empty(),
                Map.of("x", "longer"),
                Map.of("t", List.of(100.0, 10.0, 5.0)),
                Optional.empty(),
                List.of());
        try (TensorRuntime runtime = open(graph, PLAIN.withLoop(loop))) {
            assertThat(floats(runtime.run(List.of(floats("x", List.of(1L, 2L), 7, 8)), List.of("longer"))
                            .getFirst()))
                    .containsExactly(122, 123, 16, 6, 1);
        }
    }

    @Test
    void refusesStateThatGoesInAsAnotherTypeThanItComesOut() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("y", ElementType.FP16, "n")
                .node("Cast", names("x"), names("y"), Attribute.of("to", 10));
        String message =
                "graph.json: input x is FP32, and output y that it is to take is FP16; export both with one type";
        GraphDeclaration stream = PLAIN.withCaches(Map.of("x", "y"));
        GraphDeclaration loop = PLAIN.withLoop(
                new LoopDeclaration(3, Optional.empty(), Map.of("x", "y"), Map.of(), Optional.empty(), List.of()));
        for (GraphDeclaration declaration : List.of(stream, loop)) {
            assertThatThrownBy(() -> open(graph, declaration))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_UNSUPPORTED))
                    .hasMessage(message);
        }
    }

    /** Strings are no bytes in a row: they go from run to run by the host, whatever computes. */
    @Test
    void keepsStringsFromRunToRun() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.BYTES, "n")
                .output("twice", ElementType.BYTES, "m")
                .node("Concat", names("x", "x"), names("twice"), Attribute.of("axis", 0));
        LoopDeclaration loop =
                new LoopDeclaration(2, Optional.empty(), Map.of("x", "twice"), Map.of(), Optional.empty(), List.of());
        try (TensorRuntime runtime = open(graph, PLAIN.withLoop(loop))) {
            Tensor x = new Tensor("x", ElementType.BYTES, List.of(1L), BytesElements.of(List.of("again")));
            Tensor twice = runtime.run(List.of(x), List.of("twice")).getFirst();
            assertThat(twice.shape()).containsExactly(4L);
            assertThat(BytesElements.texts(twice.data())).containsExactly("again", "again", "again", "again");
        }
    }
}
