package dev.foretoken.onnxruntime.tensor;

import static dev.foretoken.onnxruntime.tensor.Values.floats;
import static dev.foretoken.onnxruntime.tensor.Values.longs;
import static java.util.List.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.SessionThreads;
import dev.foretoken.onnxruntime.session.ThreadCpus;
import dev.foretoken.onnxruntime.session.javaapi.JavaSessionFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelRowsTest {

    private static final int THREADS = 3;

    /** Its columns add up to 1 over the rows of a run: it tells which rows ran together. */
    private static final GraphWriter SHARES = new GraphWriter()
            .input("x", ElementType.FP32, "batch", "1")
            .output("y", ElementType.FP32, "batch", "1")
            .node("Softmax", of("x"), of("y"), GraphWriter.Attribute.of("axis", 0));

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private long nanosOfRun = 100_000_000;
    private long now;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    private ParallelRows open(GraphWriter graph) {
        return open(graph, GraphDeclaration.of("graph.onnx"));
    }

    private ParallelRows open(GraphWriter graph, GraphDeclaration declaration) {
        return open(graph, declaration, CpuList.ANY);
    }

    private ParallelRows open(GraphWriter graph, GraphDeclaration declaration, CpuList cpus) {
        GraphSession session = new JavaSessionFactory(OrtEnvironment.getEnvironment(), 1)
                .open(graph.write(folder.resolve("graph.onnx")), DeviceSpec.cpu(1), SessionOptions.DEFAULT);
        open.add(session);
        // Each run asks for the time when it begins and when it ends.
        SignaturePlan plan = SignaturePlan.of(session.inputs(), session.outputs(), declaration);
        Answering answering = new Answering(plan.signature(), new GivenTensors(plan.inputs()), plan.head());
        ParallelRows rows = new ParallelRows(
                session,
                Optional.of(session),
                plan.signature(),
                answering,
                new SessionThreads(THREADS, cpus),
                () -> now += nanosOfRun);
        open.add(rows);
        return rows;
    }

    private static Tensor x(int rows) {
        return floats("x", of((long) rows, 1L), new float[rows]);
    }

    private static float[] run(ParallelRows rows, Tensor... given) {
        return floats(rows.run(of(given), of("y")).getFirst());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1 1", "3, 1 1 1", "4, 1 1 2", "8, 2 3 3", "24, 8 8 8", "32, 5 5 6 5 5 6"})
    void dividesRowsAmongAllThreadsOnceItKnowsHowLongTheyTake(int rows, String parts) {
        ParallelRows parallel = open(SHARES);
        assertThat(run(parallel, x(rows))).containsOnly(1F / rows);
        float[] shares = run(parallel, x(rows));
        int row = 0;
        for (String part : parts.split(" ")) {
            for (int i = 0; i < Integer.parseInt(part); i++) {
                assertThat(shares[row++]).isEqualTo(1F / Integer.parseInt(part));
            }
        }
        assertThat(row).isEqualTo(shares.length);
    }

    @Test
    void computesPartsOnTheCpusThatAreNamed() {
        CpuList allowed = ThreadCpus.ofProcess();
        assumeTrue(allowed.size() > 1, "a process of one CPU has its threads there anyway");
        CpuList last = new CpuList(of(allowed.cpus().getLast()));
        ParallelRows parallel = open(SHARES, GraphDeclaration.of("graph.onnx"), last);
        run(parallel, x(9));
        assertThat(run(parallel, x(9))).containsOnly(1F / 3);
        assertThat(ThreadCpus.named("graph-rows-")).hasSize(THREADS - 1).containsOnly(last);
        assertThat(ThreadCpus.ofProcess()).as("the thread that calls").isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(longs = {10_000, 999_999})
    void leavesShortRunsWhole(long nanos) {
        nanosOfRun = nanos;
        ParallelRows parallel = open(SHARES);
        for (int i = 0; i < 5; i++) {
            assertThat(run(parallel, x(8))).containsOnly(1F / 8);
        }
    }

    @Test
    void takesOnlyAsManyPartsAsAreWorthAThread() {
        nanosOfRun = 1_100_000;
        ParallelRows parallel = open(SHARES);
        run(parallel, x(8));
        assertThat(run(parallel, x(8))).containsOnly(1F / 4);
    }

    @Test
    void joinsEveryOutputInOrderWhateverItsType() {
        ParallelRows parallel = open(new GraphWriter()
                .input("x", ElementType.FP32, "batch", "width")
                .input("n", ElementType.INT64, "batch")
                .output("y", ElementType.FP32, "batch", "width")
                .output("m", ElementType.INT64, "batch")
                .node("Add", of("x", "x"), of("y"))
                .node("Neg", of("n"), of("m")));
        Tensor x = floats("x", of(5L, 2L), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        Tensor n = longs("n", of(5L), 1, 2, 3, 4, 5);
        for (int i = 0; i < 3; i++) {
            List<Tensor> results = parallel.run(of(x, n), of("y", "m"));
            assertThat(results.get(0).shape()).containsExactly(5L, 2L);
            assertThat(floats(results.get(0))).containsExactly(2, 4, 6, 8, 10, 12, 14, 16, 18, 20);
            assertThat(longs(results.get(1))).containsExactly(-1, -2, -3, -4, -5);
        }
    }

    @Test
    void anOutputAsWideAsThereAreRowsIsRunWhole() {
        ParallelRows parallel = open(new GraphWriter()
                .input("x", ElementType.FP32, "batch", "2")
                .output("y", ElementType.FP32, "batch", "others")
                .node("Transpose", of("x"), of("turned"), GraphWriter.Attribute.of("perm", of(1L, 0L)))
                .node("MatMul", of("x", "turned"), of("y")));
        Tensor x = floats("x", of(3L, 2L), 1, 0, 0, 1, 1, 1);
        for (int i = 0; i < 3; i++) {
            assertThat(run(parallel, x)).containsExactly(1, 0, 1, 0, 1, 1, 1, 1, 2);
        }
    }

    /** The name of its dimension promises what the graph does not keep. */
    @Test
    void rowsThatTurnOutToDependOnEachOtherAreRunAgainAndNotDividedAnyMore() {
        ParallelRows parallel = open(new GraphWriter()
                .input("x", ElementType.FP32, "batch", "width")
                .output("y", ElementType.FP32, "batch", "width")
                .node("Transpose", of("x"), of("turned"), GraphWriter.Attribute.of("perm", of(1L, 0L)))
                .node("MatMul", of("x", "turned"), of("y")));
        Tensor x = floats("x", of(4L, 2L), 1, 0, 0, 1, 1, 1, 0, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(run(parallel, x)).containsExactly(1, 0, 1, 0, 0, 1, 1, 0, 1, 1, 2, 0, 0, 0, 0, 0);
        }
    }

    @Test
    void aTensorOfOtherRowsThanTheRestIsNotDivided() {
        ParallelRows parallel = open(new GraphWriter()
                .input("x", ElementType.FP32, "batch", "1")
                .input("table", ElementType.FP32, "entries", "1")
                .output("y", ElementType.FP32, "batch", "1")
                .node("ReduceSum", of("table"), of("sum"))
                .node("Add", of("x", "sum"), of("y")));
        for (int i = 0; i < 3; i++) {
            assertThat(run(parallel, x(4), floats("table", of(2L, 1L), 3, 4))).containsOnly(7);
        }
    }

    @Test
    void aPartThatFailsFailsTheRunAndNotTheNext() {
        ParallelRows parallel = open(new GraphWriter()
                .input("n", ElementType.INT64, "batch")
                .output("y", ElementType.FP32, "batch")
                .floats("table", of(2L), 5, 6)
                .node("Gather", of("table", "n"), of("y")));
        assertThat(run(parallel, longs("n", of(4L), 0, 1, 0, 1))).containsExactly(5, 6, 5, 6);
        assertThatThrownBy(() -> run(parallel, longs("n", of(4L), 0, 1, 0, 9))).isInstanceOf(ForetokenException.class);
        assertThat(run(parallel, longs("n", of(4L), 1, 1, 0, 0))).containsExactly(6, 6, 5, 5);
    }

    /** Each row tells how many columns its run had. */
    @Test
    void aPartIsAsWideAsItsOwnLongestRow() {
        GraphWriter widths = new GraphWriter()
                .input("ids", ElementType.INT64, "batch", "tokens")
                .input("mask", ElementType.INT64, "batch", "tokens")
                .output("y", ElementType.INT64, "batch", "1")
                .output("each", ElementType.INT64, "batch", "tokens")
                .longs("axes", of(1L), 1)
                .node("Sub", of("ids", "ids"), of("zeros"))
                .longs("one", of(1L), 1)
                .node("Add", of("zeros", "one"), of("ones"))
                .node("Add", of("ones", "mask"), of("each"))
                .node("ReduceSum", of("ones", "axes"), of("y"));
        ParallelRows parallel = open(
                widths,
                GraphDeclaration.of("graph.onnx")
                        .withRagged(new GraphDeclaration.Ragged(1, 0, Map.of("ids", 7L, "mask", 0L))));
        Tensor ids = longs("ids", of(3L, 4L), 5, 7, 7, 7, 5, 5, 7, 7, 5, 5, 5, 7);
        Tensor mask = longs("mask", of(3L, 4L), 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0);
        List<Tensor> inputs = of(ids, mask);
        assertThat(longs(parallel.run(inputs, of("y")).getFirst())).containsExactly(4, 4, 4);
        assertThat(longs(parallel.run(inputs, of("y")).getFirst())).containsExactly(1, 2, 3);
        assertThat(parallel.run(inputs, of("y", "each")).get(1).shape()).containsExactly(3L, 4L);
        assertThat(parallel.run(inputs, of())).hasSize(2);
    }

    /** Each row tells how many tokens its run had in all. */
    @ParameterizedTest
    @CsvSource({
        "'200 200 200 200 200 200', '200 200 200 200 200 200'",
        "'10 20 30 40 50 60 70 80 90 100 110 120', '490 490 490 490 490 490 490 300 300 300 240 240'",
        "'1 1 400', '1 1 400'"
    })
    void partsOfRowsWithLengthsHaveAboutAsManyTokens(String lengths, String tokens) {
        ParallelRows parallel = open(
                new GraphWriter()
                        .input("ids", ElementType.INT64, "batch", "tokens")
                        .output("y", ElementType.INT64, "batch", "1")
                        .longs("axes", of(1L), 1)
                        .longs("all", of(2L), 0, 1)
                        .longs("one", of(1L), 1)
                        .node("Sub", of("ids", "ids"), of("zeros"))
                        .node("Add", of("zeros", "one"), of("ones"))
                        .node("ReduceSum", of("ones", "all"), of("size"))
                        .node("ReduceMax", of("zeros", "axes"), of("none"))
                        .node("Add", of("none", "size"), of("y")),
                GraphDeclaration.of("graph.onnx").withRagged(new GraphDeclaration.Ragged(1, 0, Map.of("ids", 0L))));
        int[] each = Stream.of(lengths.split(" ")).mapToInt(Integer::parseInt).toArray();
        int widest = IntStream.of(each).max().orElseThrow();
        long[] ids = new long[each.length * widest];
        for (int row = 0; row < each.length; row++) {
            Arrays.fill(ids, row * widest, row * widest + each[row], 1);
        }
        Tensor input = longs("ids", of((long) each.length, (long) widest), ids);
        parallel.run(of(input), of("y"));
        assertThat(longs(parallel.run(of(input), of("y")).getFirst()))
                .containsExactly(
                        Stream.of(tokens.split(" ")).mapToLong(Long::parseLong).toArray());
    }

    @Test
    void whatOneInputStillSaysIsNoPadding() {
        Optional<RaggedAxis> ragged =
                Optional.of(new RaggedAxis(1, 0, Map.of("ids", 0L, "mask", 0L), Set.of("tokens")));
        List<Tensor> inputs =
                of(longs("ids", of(2L, 4L), 1, 0, 0, 0, 1, 0, 0, 0), longs("mask", of(2L, 4L), 1, 1, 0, 0, 1, 0, 1, 0));
        RowWidths widths = RowWidths.of(ragged, inputs, of("pooled")).orElseThrow();
        assertThat(widths.widths()).containsExactly(2, 3);
        assertThat(widths.narrowed(inputs, 0)).extracting(Tensor::shape).containsOnly(of(2L, 3L));
        assertThat(longs(widths.narrowed(inputs, 0).get(1))).containsExactly(1, 1, 0, 1, 0, 1);
        assertThat(RowWidths.of(ragged, inputs, of("pooled", "tokens"))).isEmpty();
        List<Tensor> nothing = of(longs("ids", of(1L, 2L), 0, 0), longs("mask", of(1L, 2L), 0, 0));
        assertThat(RowWidths.of(ragged, nothing, of("pooled")).orElseThrow().widths())
                .containsExactly(1);
    }
}
