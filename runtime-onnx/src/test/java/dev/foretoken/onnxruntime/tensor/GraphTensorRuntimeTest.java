package dev.foretoken.onnxruntime.tensor;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static dev.foretoken.onnxruntime.tensor.Values.floats;
import static dev.foretoken.onnxruntime.tensor.Values.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration.Stop;
import dev.foretoken.onnxruntime.artifact.Pooling;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTensorRuntimeTest {

    private static final GraphDeclaration PLAIN = GraphDeclaration.of("model.onnx");

    @TempDir
    Path folder;

    private final List<TensorRuntime> open = new ArrayList<>();

    private TensorRuntime open(GraphWriter graph, GraphDeclaration declaration) {
        TensorRuntime runtime = GraphTensorRuntime.over(
                new GraphTensorRuntime.Sessions(
                        new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                                .open(
                                        graph.write(folder.resolve(open.size() + ".onnx")),
                                        DeviceSpec.cpu(1),
                                        SessionOptions.DEFAULT),
                        Optional.empty()),
                declaration,
                new GraphTensorRuntime.Facts(1, new ComputeInfo("test", 1, CpuList.ANY)));
        open.add(runtime);
        return runtime;
    }

    @AfterEach
    void close() {
        open.forEach(TensorRuntime::close);
    }

    /** sum = a + b, all [rows, 2]; twice = 2 a. */
    private static GraphWriter adding() {
        return new GraphWriter()
                .input("a", ElementType.FP32, "batch", "2")
                .input("b", ElementType.FP32, "batch", "2")
                .output("sum", ElementType.FP32, "batch", "2")
                .output("twice", ElementType.FP32, "batch", "2")
                .node("Add", names("a", "b"), names("sum"))
                .node("Add", names("a", "a"), names("twice"));
    }

    private static void refuses(TensorRuntime runtime, String message, Tensor... inputs) {
        assertThatThrownBy(() -> runtime.run(List.of(inputs), List.of()))
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e).hasMessageContaining(message);
                });
    }

    @Test
    void joinsAlongTheDimensionThatAllTensorsShare() {
        assertThat(open(adding(), PLAIN).signature().batchAxis()).isZero();
        assertThat(open(adding(), PLAIN).tasks()).containsExactly(ModelTask.TENSOR);
    }

    @Test
    void joinsAlongNoDimensionThatIsNotNamedTheBatch() {
        GraphWriter sorting = new GraphWriter()
                .input("x", ElementType.FP32, "points", "2")
                .output("y", ElementType.FP32, "points", "2")
                .node("Identity", names("x"), names("y"));
        assertThat(open(sorting, PLAIN).signature().batchAxis()).isEqualTo(-1);
    }

    @Test
    void joinsNothingWhereFirstDimensionsAreOfDifferentThings() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .output("where", ElementType.INT64, "found", "1")
                .node("NonZero", names("x"), names("w"))
                .node("Transpose", names("w"), names("where"));
        TensorRuntime runtime = open(graph, PLAIN);
        assertThat(runtime.signature().batchAxis()).isEqualTo(-1);
        assertThat(longs(runtime.run(List.of(floats("x", List.of(4L), 0, 1, 0, 2)), List.of())
                        .getFirst()))
                .containsExactly(1, 3);
    }

    @Test
    void givesTheOutputsThatAreWantedInTheirOrder() {
        TensorRuntime runtime = open(adding(), PLAIN);
        List<Tensor> inputs = List.of(floats("a", List.of(1L, 2L), 1, 2), floats("b", List.of(1L, 2L), 10, 20));
        List<Tensor> both = runtime.run(inputs, List.of("twice", "sum"));
        assertThat(both).extracting(Tensor::name).containsExactly("twice", "sum");
        assertThat(floats(both.getFirst())).containsExactly(2, 4);
        assertThat(floats(runtime.run(inputs, List.of("sum")).getFirst())).containsExactly(11, 22);
        assertThat(runtime.run(inputs, List.of())).extracting(Tensor::name).containsExactly("sum", "twice");
    }

    @Test
    void computesRowsOfAnyNumberOneAfterAnother() {
        TensorRuntime runtime = open(adding(), PLAIN);
        for (long rows : new long[] {1, 5, 2, 0, 3}) {
            float[] ones = new float[(int) rows * 2];
            java.util.Arrays.fill(ones, rows);
            List<Tensor> out = runtime.run(
                    List.of(floats("a", List.of(rows, 2L), ones), floats("b", List.of(rows, 2L), ones)),
                    List.of("sum"));
            assertThat(out.getFirst().shape()).containsExactly(rows, 2L);
            for (float value : floats(out.getFirst())) {
                assertThat(value).isEqualTo(2f * rows);
            }
        }
    }

    @Test
    void namesTheTensorWhatWasExpectedAndWhatWasGiven() {
        TensorRuntime runtime = open(adding(), PLAIN);
        Tensor a = floats("a", List.of(1L, 2L), 1, 2);
        Tensor b = floats("b", List.of(1L, 2L), 1, 2);
        refuses(runtime, "Tensor b is missing; expected FP32 [batch, 2]", a);
        refuses(runtime, "Tensor c is no input of this model, which takes [a, b]", a, b, floats("c", List.of(1L), 1));
        refuses(runtime, "Tensor a is given twice", a, a, b);
        refuses(runtime, "Tensor b is FP32 [1, 3], expected FP32 [batch, 2]", a, floats("b", List.of(1L, 3L), 1, 2, 3));
        refuses(runtime, "Tensor b is INT64 [1, 2], expected FP32 [batch, 2]", a, longs("b", List.of(1L, 2L), 1, 2));
        refuses(runtime, "Tensor b is FP32 [2], expected FP32 [batch, 2]", a, floats("b", List.of(2L), 1, 2));
        refuses(
                runtime,
                "Tensor b is FP32 [2, 2], expected FP32 [batch, 2]: batch is 1 in another input",
                a,
                floats("b", List.of(2L, 2L), 1, 2, 3, 4));
        refuses(
                runtime,
                "Tensor b is FP32 [1, 2], which takes 2 values of 4 bytes, found 4 bytes",
                a,
                floats("b", List.of(1L, 2L), 1));
        refuses(runtime, "which takes too many values", floats("b", List.of(Long.MAX_VALUE, 2L), 1));
        assertThatThrownBy(() -> runtime.run(List.of(a, b), List.of("product")))
                .hasMessageContaining("Tensor product is no output of this model, which makes [sum, twice]");
    }

    @Test
    void servesAGraphWhoseOutputsAreNotOfTheSizesItNames() {
        GraphWriter liar = new GraphWriter()
                .input("x", ElementType.FP32, "n", "2")
                .output("y", ElementType.FP32, "n", "2")
                .node("Concat", names("x", "x"), names("y"), Attribute.of("axis", 0));
        TensorRuntime runtime = open(liar, PLAIN);
        for (int i = 0; i < 2; i++) {
            Tensor y = runtime.run(List.of(floats("x", List.of(1L, 2L), 1, 2)), List.of())
                    .getFirst();
            assertThat(y.shape()).containsExactly(2L, 2L);
            assertThat(floats(y)).containsExactly(1, 2, 1, 2);
        }
    }

    private TensorRuntime counting() {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "batch", "2")
                .input("sum_in", ElementType.FP32, "batch", "2")
                .input("past_in", ElementType.FP32, "batch", "past", "1")
                .input("step", ElementType.FP32, "batch", "1", "1")
                .output("y", ElementType.FP32, "batch", "2")
                .output("sum_out", ElementType.FP32, "batch", "2")
                .output("past_out", ElementType.FP32, "batch", "all", "1")
                .output("length", ElementType.INT64, "1")
                .node("Add", names("x", "sum_in"), names("sum_out"))
                .node("Identity", names("sum_out"), names("y"))
                .node("Concat", names("past_in", "step"), names("past_out"), Attribute.of("axis", 1))
                .longs("one", List.of(1L), 1)
                .node("Shape", names("past_out"), names("shape"))
                .node("Gather", names("shape", "one"), names("length"));
        return open(graph, PLAIN.withCaches(Map.of("sum_in", "sum_out", "past_in", "past_out")));
    }

    private static List<Tensor> counted(float x) {
        return List.of(floats("x", List.of(1L, 2L), x, 1), floats("step", List.of(1L, 1L, 1L), x));
    }

    @Test
    void keepsTheCachesOfEachStreamToItself() {
        TensorRuntime runtime = counting();
        assertThat(runtime.signature().inputs()).extracting(TensorSpec::name).containsExactly("x", "step");
        assertThat(runtime.signature().outputs()).extracting(TensorSpec::name).containsExactly("y", "length");
        try (TensorRuntime.TensorSession one = runtime.openSession(StateBudget.UNBOUNDED);
                TensorRuntime.TensorSession other = runtime.openSession(StateBudget.UNBOUNDED)) {
            assertThat(floats(one.run(counted(1), List.of("y")).getFirst())).containsExactly(1, 1);
            assertThat(floats(other.run(counted(100), List.of("y")).getFirst())).containsExactly(100, 1);
            assertThat(floats(one.run(counted(2), List.of("y")).getFirst())).containsExactly(3, 2);
            List<Tensor> third = one.run(counted(3), List.of());
            assertThat(floats(third.getFirst())).containsExactly(6, 3);
            assertThat(longs(third.getLast())).containsExactly(3);
            assertThat(longs(other.run(counted(100), List.of("length")).getFirst()))
                    .containsExactly(2);
        }
    }

    @Test
    void asksForTheMemoryOfACacheThatGrowsBeforeItTakesIt() {
        TensorRuntime runtime = counting();
        Map<String, Long> taken = new HashMap<>();
        try (TensorRuntime.TensorSession stream = runtime.openSession((cache, bytes) -> {
            if (taken.merge(cache, bytes, Long::sum) > 20) {
                throw new ForetokenException(ErrorCode.PAYLOAD_TOO_LARGE, cache + " is too large");
            }
        })) {
            stream.run(counted(1), List.of("y"));
            stream.run(counted(2), List.of("y"));
            assertThat(taken).isEqualTo(Map.of("sum_in", 16L, "past_in", 4L + 8L));
            stream.run(counted(3), List.of("y"));
            assertThat(taken).containsEntry("sum_in", 16L).containsEntry("past_in", 12L + 8L);
            assertThatThrownBy(() -> stream.run(counted(4), List.of("y")))
                    .hasMessage("past_in is too large")
                    .extracting("code")
                    .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
        }
    }

    @Test
    void beginsFromZerosOutsideAStream() {
        TensorRuntime runtime = counting();
        for (int i = 0; i < 2; i++) {
            assertThat(floats(runtime.run(counted(5), List.of("y")).getFirst())).containsExactly(5, 1);
        }
    }

    @Test
    void opensNoStreamOfAGraphWithoutCaches() {
        TensorRuntime runtime = open(adding(), PLAIN);
        assertThatThrownBy(() -> runtime.openSession(StateBudget.UNBOUNDED))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FEATURE));
    }

    /** next = x / 2 + t; change = |next - x|. */
    private TensorRuntime halving(LoopDeclaration loop) {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "n")
                .input("t", ElementType.FP32, "n")
                .output("next", ElementType.FP32, "n")
                .output("change", ElementType.FP32, "n")
                .floats("half", List.of(), 0.5f)
                .node("Mul", names("x", "half"), names("halved"))
                .node("Add", names("halved", "t"), names("next"))
                .node("Sub", names("next", "x"), names("difference"))
                .node("Abs", names("difference"), names("change"));
        return open(graph, PLAIN.withLoop(loop));
    }

    private static LoopDeclaration loop(int most, Map<String, List<Double>> schedules) {
        return new LoopDeclaration(most, Optional.empty(), Map.of("x", "next"), schedules, Optional.empty(), List.of());
    }

    @Test
    void runsAGraphOverItsOwnStateWithAListedSchedule() {
        TensorRuntime runtime = halving(loop(3, Map.of("t", List.of(100.0, 10.0, 1.0))));
        assertThat(runtime.signature().inputs()).extracting(TensorSpec::name).containsExactly("x");
        assertThat(runtime.signature().batchAxis()).isEqualTo(-1);
        for (int again = 0; again < 2; again++) {
            List<Tensor> out = runtime.run(List.of(floats("x", List.of(2L), 0, 8)), List.of("next", GraphLoop.RUNS));
            assertThat(floats(out.getFirst())).containsExactly(31, 32);
            assertThat(longs(out.getLast())).containsExactly(3);
        }
    }

    @Test
    void countsItsRunsWhereNoScheduleIsListed() {
        TensorRuntime runtime = halving(loop(3, Map.of("t", List.of())));
        assertThat(floats(runtime.run(List.of(floats("x", List.of(1L), 8)), List.of("next"))
                        .getFirst()))
                .containsExactly(3.5f);
    }

    @Test
    void leavesTheCallersStateAsItIs() {
        TensorRuntime runtime = halving(loop(2, Map.of("t", List.of())));
        float[] mine = {8};
        runtime.run(List.of(floats("x", List.of(1L), mine)), List.of("next"));
        assertThat(mine).containsExactly(8);
    }

    @Test
    void stopsOnceNothingChangesMoreThanTheTolerance() {
        TensorRuntime runtime = halving(new LoopDeclaration(
                1000,
                Optional.empty(),
                Map.of("x", "next"),
                Map.of("t", java.util.Collections.nCopies(1000, 1.0)),
                Optional.of(new Stop("change", 1e-3)),
                List.of()));
        List<Tensor> out = runtime.run(List.of(floats("x", List.of(1L), 10)), List.of("next", GraphLoop.RUNS));
        assertThat(floats(out.getFirst())[0]).isCloseTo(2, Offset.offset(1e-3f));
        // 8 / 2^n < 1e-3 first holds for n = 13.
        assertThat(longs(out.getLast())).containsExactly(13);
    }

    @Test
    void runsAsOftenAsARequestAsks() {
        TensorRuntime runtime = halving(new LoopDeclaration(
                10,
                Optional.of("steps"),
                Map.of("x", "next"),
                Map.of("t", List.of()),
                Optional.empty(),
                List.of("next")));
        Tensor x = floats("x", List.of(1L), 8);
        List<Tensor> out = runtime.run(List.of(x, longs("steps", List.of(1L), 4)), List.of("next"));
        assertThat(out.getFirst().shape()).containsExactly(4L, 1L);
        assertThat(floats(out.getFirst())).containsExactly(4, 3, 3.5f, 4.75f);
        refuses(runtime, "Tensor steps is 11, expected a number in [1, 10]", x, longs("steps", List.of(1L), 11));
        refuses(runtime, "Tensor steps is missing", x);
    }

    @Test
    void asksBetweenItsRunsWhetherToGoOnAndCanRunAgainAfterANo() {
        TensorRuntime runtime = halving(new LoopDeclaration(
                100_000,
                Optional.empty(),
                Map.of("x", "next"),
                Map.of("t", List.of()),
                Optional.empty(),
                List.of("next")));
        Tensor x = floats("x", List.of(2L), 8, 0);
        List<Long> kept = new ArrayList<>();
        assertThatThrownBy(() -> runtime.run(List.of(x), List.of("next"), bytes -> {
                    kept.add(bytes);
                    if (kept.size() == 3) {
                        throw new ForetokenException(ErrorCode.CANCELLED, "nobody waits any more");
                    }
                }))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(kept).as("8 of state, and 8 for each run").containsExactly(16L, 24L, 32L);
        kept.clear();
        List<Tensor> out = runtime.run(List.of(x), List.of(GraphLoop.RUNS), kept::add);
        assertThat(longs(out.getFirst())).containsExactly(100_000);
        assertThat(kept).hasSize(99_999).containsOnly(8L);
    }

    /** last_hidden_state[b, s, :] = [id, 2 id]. */
    private TensorRuntime encoder(Pooling pooling, boolean normalize) {
        GraphWriter graph = new GraphWriter()
                .input("input_ids", ElementType.INT64, "batch", "length")
                .input("attention_mask", ElementType.INT64, "batch", "length")
                .output("last_hidden_state", ElementType.FP32, "batch", "length", "2")
                .longs("last", List.of(1L), 2)
                .floats("scale", List.of(2L), 1, 2)
                .node("Unsqueeze", names("input_ids", "last"), names("columns"))
                .node("Cast", names("columns"), names("numbers"), Attribute.of("to", 1))
                .node("Mul", names("numbers", "scale"), names("last_hidden_state"));
        return open(
                graph,
                PLAIN.withTask(ModelTask.EMBED, new GraphDeclaration.Head(pooling, normalize, List.of()))
                        .withRagged(new GraphDeclaration.Ragged(
                                1, 64, Map.of("input_ids", 0L, "attention_mask", 0L, "token_type_ids", 0L))));
    }

    private static float[] embedded(TensorRuntime encoder) {
        return floats(encoder.run(
                        List.of(
                                longs("input_ids", List.of(2L, 3L), 3, 4, 100, 100, 6, 8),
                                longs("attention_mask", List.of(2L, 3L), 1, 1, 0, 0, 1, 1)),
                        List.of("sentence_embedding"))
                .getFirst());
    }

    @Test
    void poolsTheVectorsOfTokensThatAreNoPadding() {
        assertThat(embedded(encoder(Pooling.MEAN, false))).containsExactly(3.5f, 7, 7, 14);
        assertThat(embedded(encoder(Pooling.CLS, false))).containsExactly(3, 6, 6, 12);
        assertThat(embedded(encoder(Pooling.LAST, false))).containsExactly(4, 8, 8, 16);
    }

    @Test
    void givesVectorsOfLengthOne() {
        float[] vectors = embedded(encoder(Pooling.MEAN, true));
        assertThat(vectors[0]).isCloseTo((float) (1 / Math.sqrt(5)), Offset.offset(1e-6f));
        assertThat(vectors[1]).isCloseTo((float) (2 / Math.sqrt(5)), Offset.offset(1e-6f));
    }

    @Test
    void tellsWhatAnEncoderCanBeAskedFor() {
        TensorRuntime encoder = encoder(Pooling.MEAN, false);
        assertThat(encoder.tasks()).containsExactlyInAnyOrder(ModelTask.TENSOR, ModelTask.EMBED);
        assertThat(encoder.signature().batchAxis()).isZero();
        assertThat(encoder.signature().output("sentence_embedding"))
                .contains(new TensorSpec("sentence_embedding", ElementType.FP32, List.of(-1L, 2L)));
        assertThat(encoder.signature().ragged())
                .contains(new RaggedAxis(
                        1, 64, Map.of("input_ids", 0L, "attention_mask", 0L), Set.of("last_hidden_state")));
    }

    @Test
    void tellsHowLongATextMayBeThoughNothingCanBePadded() {
        GraphWriter graph = new GraphWriter()
                .input("input_ids", ElementType.FP32, "batch", "length")
                .output("sentence_embedding", ElementType.FP32, "batch", "length")
                .node("Identity", names("input_ids"), names("sentence_embedding"));
        TensorRuntime encoder = open(graph, PLAIN.withRagged(new GraphDeclaration.Ragged(1, 512, Map.of())));
        assertThat(encoder.signature().ragged()).contains(new RaggedAxis(1, 512, Map.of(), Set.of()));
    }

    /** An answer [batch, length, width]. */
    private TensorRuntime scoring(String length, String width) {
        GraphWriter graph = new GraphWriter()
                .input("input_ids", ElementType.FP32, "batch", "length", "k")
                .output("scores", ElementType.FP32, "batch", length, width)
                .node("Identity", names("input_ids"), names("scores"));
        return open(graph, PLAIN.withRagged(new GraphDeclaration.Ragged(1, 0, Map.of("input_ids", 0L))));
    }

    @Test
    void padsNothingWhereAnOutputCannotBeTrimmed() {
        assertThat(scoring("length", "1").signature().ragged()).isPresent();
        assertThat(scoring("length", "length").signature().ragged()).isEmpty();
        assertThat(scoring("found", "1").signature().ragged()).isEmpty();
        assertThat(scoring("length", "other").signature().ragged()).isEmpty();
    }

    private TensorRuntime classifier(ModelTask task, String classes) {
        GraphWriter graph = new GraphWriter()
                .input("x", ElementType.FP32, "batch", classes)
                .output("logits", ElementType.FP16, "batch", classes)
                .node("Cast", names("x"), names("logits"), Attribute.of("to", 10));
        return open(
                graph, PLAIN.withTask(task, new GraphDeclaration.Head(Pooling.NONE, false, List.of("bad", "good"))));
    }

    @Test
    void givesScoresOfClassesInFp32() {
        TensorRuntime classifier = classifier(ModelTask.CLASSIFY, "2");
        Tensor logits = classifier
                .run(List.of(floats("x", List.of(2L, 2L), 1, -2, 0.5f, 4)), List.of("logits"))
                .getFirst();
        assertThat(logits.type()).isEqualTo(ElementType.FP32);
        assertThat(floats(logits)).containsExactly(1, -2, 0.5f, 4);
        assertThat(classifier.signature().labels()).containsExactly("bad", "good");
        assertThat(classifier.signature().outputs()).hasSize(1);
    }

    @Test
    void givesOneScoreForEachTextOfARanker() {
        Tensor score = classifier(ModelTask.RERANK, "1")
                .run(List.of(floats("x", List.of(2L, 1L), 0, 2)), List.of("score"))
                .getFirst();
        assertThat(score.shape()).containsExactly(2L);
        assertThat(floats(score)[0]).isEqualTo(0.5f);
        assertThat(floats(score)[1]).isCloseTo(0.880797f, Offset.offset(1e-5f));
        assertThatThrownBy(() -> classifier(ModelTask.RERANK, "3")).hasMessageContaining("3 columns");
    }
}
