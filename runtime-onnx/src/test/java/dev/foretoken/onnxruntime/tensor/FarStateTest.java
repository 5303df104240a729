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
import dev.foretoken.contract.runtime.IterationWatch;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.onnxruntime.artifact.GraphDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration.Stop;
import dev.foretoken.onnxruntime.session.CountedMemory;
import dev.foretoken.onnxruntime.session.FarSession;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import dev.foretoken.onnxruntime.session.GraphWriter.Attribute;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams and loops over the C API whose state lies where the host cannot see it: what a GPU asks of them, on the CPU. */
class FarStateTest {

    private static final int RUNS = 5;
    private static final List<Long> PAIR = List.of(1L, 2L);
    private static final long PAIR_BYTES = 8;

    final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);
    private final List<TensorRuntime> open = new ArrayList<>();

    @TempDir
    Path folder;

    DeviceSpec device() {
        return DeviceSpec.cpu(1);
    }

    @AfterEach
    void close() {
        open.forEach(TensorRuntime::close);
        factory.close();
    }

    private GraphSession load(GraphWriter graph, DeviceSpec on) {
        return factory.open(graph.write(folder.resolve(open.size() + ".onnx")), on, SessionOptions.DEFAULT);
    }

    private FarSession far(GraphWriter graph) {
        return new FarSession(load(graph, device()));
    }

    private TensorRuntime over(GraphSession session, GraphDeclaration declaration) {
        TensorRuntime runtime = GraphTensorRuntime.over(
                new GraphTensorRuntime.Sessions(session, Optional.empty()),
                declaration,
                new GraphTensorRuntime.Facts(1, new ComputeInfo("test", 1, CpuList.ANY)));
        open.add(runtime);
        return runtime;
    }

    private TensorRuntime onHost(GraphWriter graph, GraphDeclaration declaration) {
        return over(load(graph, DeviceSpec.cpu(1)), declaration);
    }

    private static GraphDeclaration looped(LoopDeclaration loop) {
        return GraphDeclaration.of("model.onnx").withLoop(loop);
    }

    private static LoopDeclaration loop(String output, List<String> keep, Optional<Stop> stop) {
        return new LoopDeclaration(RUNS, Optional.empty(), Map.of("x", output), Map.of("t", List.of()), stop, keep);
    }

    /** next = x / 2 + t; change = |next - x|; longer = x and t behind it, of a length that nothing tells. */
    private static GraphWriter halving() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "1", "n")
                .input("t", ElementType.FP32, "1", "1")
                .output("next", ElementType.FP32, "1", "n")
                .output("change", ElementType.FP32, "1", "n")
                .output("longer", ElementType.FP32, "1", "m")
                .floats("half", List.of(), 0.5f)
                .node("Mul", names("x", "half"), names("halved"))
                .node("Add", names("halved", "t"), names("next"))
                .node("Sub", names("next", "x"), names("difference"))
                .node("Abs", names("difference"), names("change"))
                .node("Concat", names("x", "t"), names("longer"), Attribute.of("axis", 1));
    }

    private static Tensor x() {
        return floats("x", PAIR, 8, -3);
    }

    private void agree(TensorRuntime far, TensorRuntime near, String... outputs) {
        List<Tensor> made = far.run(List.of(x()), List.of(outputs));
        List<Tensor> expected = near.run(List.of(x()), List.of(outputs));
        for (int i = 0; i < outputs.length; i++) {
            assertThat(made.get(i).shape()).isEqualTo(expected.get(i).shape());
            assertThat(made.get(i).data().mismatch(expected.get(i).data()))
                    .as(outputs[i])
                    .isEqualTo(-1);
        }
    }

    @Test
    void takesTheStateOfALoopToTheDeviceOnceAndBackOnce() {
        FarSession session = far(halving());
        GraphDeclaration declaration = looped(loop("next", List.of(), Optional.empty()));
        TensorRuntime runtime = over(session, declaration);
        agree(runtime, onHost(halving(), declaration), "next", GraphLoop.RUNS);
        assertThat(session.crossed("x")).as("as its caller gave it").isEqualTo(PAIR_BYTES);
        assertThat(session.crossed("next")).isZero();
        assertThat(session.copied()).as("for the answer").isEqualTo(PAIR_BYTES);
    }

    @Test
    void readsNoStateThatNobodyAskedFor() {
        FarSession session = far(halving());
        GraphDeclaration declaration = looped(loop("next", List.of(), Optional.of(new Stop("change", 1e-9))));
        agree(over(session, declaration), onHost(halving(), declaration), "change");
        assertThat(session.crossed("next") + session.copied()).isZero();
        assertThat(session.crossed("change")).isEqualTo(RUNS * PAIR_BYTES);
    }

    @Test
    void leavesStateOfAnyShapeOnTheDevice() {
        FarSession session = far(halving());
        GraphDeclaration declaration = looped(loop("longer", List.of(), Optional.empty()));
        agree(over(session, declaration), onHost(halving(), declaration), "longer");
        assertThat(session.crossed("longer")).isZero();
        assertThat(session.crossed("x")).isEqualTo(PAIR_BYTES);
        assertThat(session.copied()).isEqualTo(PAIR_BYTES + RUNS * 4);
    }

    @Test
    void readsStateBetweenTwoRunsWhereEachIsKeptOrItTellsTheEnd() {
        FarSession session = far(halving());
        GraphDeclaration declaration = looped(loop("next", List.of("next"), Optional.of(new Stop("next", 1e-9))));
        agree(over(session, declaration), onHost(halving(), declaration), "next");
        assertThat(session.crossed("next")).isZero();
        assertThat(session.copied()).isEqualTo((RUNS + 1) * PAIR_BYTES);
    }

    /** The graph says that y has as many columns as x, and gives twice as many. */
    private static GraphWriter misnamed() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "1", "n")
                .output("y", ElementType.FP32, "1", "n")
                .node("Concat", names("x", "x"), names("y"), Attribute.of("axis", 1));
    }

    @Test
    void findsTheStateOfAGraphThatMisnamesItsSizes() {
        FarSession session = far(misnamed());
        GraphDeclaration declaration = looped(
                new LoopDeclaration(RUNS, Optional.empty(), Map.of("x", "y"), Map.of(), Optional.empty(), List.of()));
        agree(over(session, declaration), onHost(misnamed(), declaration), "y");
        assertThat(session.crossed("y")).isZero();
        assertThat(session.copied()).isEqualTo(PAIR_BYTES << RUNS);
    }

    /** sum_out = sum_in + x = y; past_out = past_in and x behind it, along an axis of any size; length = that of past_out. */
    private static GraphWriter summing() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "batch", "2")
                .input("sum_in", ElementType.FP32, "batch", "2")
                .input("past_in", ElementType.FP32, "past", "2")
                .output("y", ElementType.FP32, "batch", "2")
                .output("sum_out", ElementType.FP32, "batch", "2")
                .output("past_out", ElementType.FP32, "all", "2")
                .output("total", ElementType.FP32, "1", "2")
                .longs("rows", List.of(1L), 0)
                .node("Add", names("x", "sum_in"), names("sum_out"))
                .node("Identity", names("sum_out"), names("y"))
                .node("Concat", names("past_in", "x"), names("past_out"), Attribute.of("axis", 0))
                .node("ReduceSum", names("past_out", "rows"), names("total"));
    }

    private static GraphDeclaration cached() {
        return GraphDeclaration.of("model.onnx").withCaches(Map.of("sum_in", "sum_out", "past_in", "past_out"));
    }

    @Test
    void keepsTheCachesOfAStreamOnTheDevice() {
        FarSession session = far(summing());
        try (TensorRuntime.TensorSession far = over(session, cached()).openSession(StateBudget.UNBOUNDED);
                TensorRuntime.TensorSession near = onHost(summing(), cached()).openSession(StateBudget.UNBOUNDED)) {
            for (int step = 1; step <= RUNS; step++) {
                List<Tensor> given = List.of(floats("x", PAIR, step * 0.1f, -step));
                for (String output : List.of("y", "total")) {
                    assertThat(floats(far.run(given, List.of(output)).getFirst()))
                            .isEqualTo(floats(near.run(given, List.of(output)).getFirst()));
                }
            }
        }
        for (String port : List.of("sum_in", "sum_out", "past_in", "past_out")) {
            assertThat(session.crossed(port)).as(port).isZero();
        }
        assertThat(session.copied()).isZero();
    }

    @Test
    void countsTheMemoryOfAStreamAsItIsWhicheverAllocationFails() {
        int failed = 0;
        for (int n = 0; failed == n; n++) {
            CountedMemory memory = new CountedMemory(load(summing(), device()), n);
            Map<String, Long> taken = new HashMap<>();
            TensorRuntime runtime = over(new FarSession(memory), cached());
            try (TensorRuntime.TensorSession stream =
                    runtime.openSession((cache, bytes) -> taken.merge(cache, bytes, Long::sum))) {
                try {
                    for (int step = 0; step < RUNS; step++) {
                        stream.run(List.of(floats("x", PAIR, step, 1)), List.of("y"));
                    }
                } catch (ForetokenException e) {
                    assertThat(e).hasMessage("no memory left");
                    failed++;
                }
                assertThat(taken.values().stream().mapToLong(Long::longValue).sum())
                        .as("allocation %d", n)
                        .isEqualTo(memory.bytes());
            }
            assertThat(memory.open()).as("allocation %d", n).isZero();
        }
        assertThat(failed)
                .as("two for each cache, and those of the one that grows")
                .isEqualTo(2 + RUNS + 1);
    }

    private int failures(LoopDeclaration loop) {
        int failed = 0;
        for (int n = 0; failed == n; n++) {
            CountedMemory memory = new CountedMemory(load(halving(), device()), n);
            TensorRuntime runtime = over(new FarSession(memory), looped(loop));
            try {
                runtime.run(List.of(x()), List.of("change"));
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
                failed++;
                assertThat(memory.open()).as("allocation %d", n).isZero();
                assertThat(runtime.run(List.of(x()), List.of("change"))).hasSize(1);
            }
            assertThat(memory.open()).as("allocation %d", n).isZero();
        }
        return failed;
    }

    @Test
    void givesTheMemoryOfALoopBackWhicheverAllocationFails() {
        assertThat(failures(loop("next", List.of(), Optional.empty()))).isEqualTo(2);
        assertThat(failures(loop("longer", List.of(), Optional.empty()))).isEqualTo(RUNS);
    }

    /** seen = next = x + 1, where x has as many columns as i says: the run fails for other numbers. */
    private static GraphWriter failing() {
        return new GraphWriter()
                .input("x", ElementType.FP32, "1", "2")
                .input("i", ElementType.INT64, "1")
                .output("next", ElementType.FP32, "1", "2")
                .output("seen", ElementType.FP32, "1", "2")
                .floats("ones", PAIR, 1, 1)
                .node("Reshape", names("x", "i"), names("row"))
                .node("Add", names("row", "ones"), names("next"))
                .node("Identity", names("next"), names("seen"));
    }

    @Test
    void givesTheMemoryOfALoopBackWhenARunFailsInTheMiddle() {
        CountedMemory memory = new CountedMemory(load(failing(), device()), -1);
        TensorRuntime runtime = over(
                new FarSession(memory),
                looped(new LoopDeclaration(
                        RUNS,
                        Optional.of("steps"),
                        Map.of("x", "next"),
                        Map.of("i", List.of(2.0, 2.0, 2.0, 5.0, 2.0)),
                        Optional.empty(),
                        List.of())));
        List<Tensor> tooMany = List.of(x(), longs("steps", List.of(1L), 4));
        List<Integer> open = new ArrayList<>();
        assertThatThrownBy(() -> runtime.run(tooMany, List.of("next"), bytes -> open.add(memory.open())))
                .isInstanceOf(ForetokenException.class);
        assertThat(open).as("between the runs").containsExactly(1, 2, 2);
        assertThat(memory.open()).isZero();
        List<Tensor> three = List.of(x(), longs("steps", List.of(1L), 3));
        assertThat(floats(
                        runtime.run(three, List.of("next"), IterationWatch.NONE).getFirst()))
                .containsExactly(11, 0);
        assertThat(memory.open()).as("the answer is a copy").isZero();
    }

    @Test
    void leavesTheCachesOfAStreamAsTheyWereWhenARunFails() {
        CountedMemory memory = new CountedMemory(load(failing(), device()), -1);
        TensorRuntime runtime =
                over(new FarSession(memory), GraphDeclaration.of("model.onnx").withCaches(Map.of("x", "next")));
        Map<String, Long> taken = new HashMap<>();
        try (TensorRuntime.TensorSession stream =
                runtime.openSession((cache, bytes) -> taken.merge(cache, bytes, Long::sum))) {
            List<Tensor> good = List.of(longs("i", List.of(1L), 2));
            List<Tensor> bad = List.of(longs("i", List.of(1L), 5));
            stream.run(good, List.of("seen"));
            assertThatThrownBy(() -> stream.run(bad, List.of("seen"))).isInstanceOf(ForetokenException.class);
            assertThat(taken.get("x")).isEqualTo(memory.bytes());
            assertThat(floats(stream.run(good, List.of("seen")).getFirst())).containsExactly(2, 2);
        }
        assertThat(memory.open()).isZero();
    }
}
