package dev.foretoken.contract.fake;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.IterationWatch;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A graph of INT64 tensors: input {@code x} [rows, length] gives {@code doubled} [rows, length] and {@code total} [rows], the sums of the rows.
 * Shorter rows are padded with {@link #PADDING}, which counts for nothing in a total. A stream adds up its totals, and its cache {@code numbers}
 * takes the bytes of all that it was given. Its answers share one array
 * that the next run overwrites.
 */
public final class FakeTensorRuntime implements TensorRuntime {

    public static final long PADDING = -7;
    /** A row with this number is refused, with all that runs beside it. */
    public static final long REFUSED = -13;
    /** A row with this number makes the runtime fail. */
    public static final long BROKEN = -17;

    private static final List<Long> ROWS = List.of(-1L);
    private static final List<Long> GRID = List.of(-1L, -1L);

    /** One run: how large it was. */
    public record Run(int rows, int length) {
        public int tokens() {
            return rows * length;
        }
    }

    private final TensorSignature signature;
    private final List<Run> runs = new CopyOnWriteArrayList<>();
    private final List<Tensor> inputs = new CopyOnWriteArrayList<>();
    private final long residentBytes;
    private volatile Consumer<Run> onRun = run -> {};
    private volatile @Nullable StepGate gate;
    private volatile boolean failsJoined;
    private volatile int iterations = 1;
    private volatile int begun;
    private volatile int sessions;
    private volatile boolean closed;
    private long[] scratch = {};

    private FakeTensorRuntime(TensorSignature signature, long residentBytes) {
        this.signature = signature;
        this.residentBytes = residentBytes;
    }

    /** Joins requests of equal lengths. */
    public static FakeTensorRuntime plain() {
        return new FakeTensorRuntime(plainSignature(), 1 << 20);
    }

    /** Joins requests of any lengths up to {@code most}. */
    public static FakeTensorRuntime ragged(long most) {
        return new FakeTensorRuntime(raggedSignature(most), 1 << 20);
    }

    public static TensorSignature plainSignature() {
        return new TensorSignature(
                List.of(new TensorSpec("x", ElementType.INT64, GRID)),
                List.of(
                        new TensorSpec("doubled", ElementType.INT64, GRID),
                        new TensorSpec("total", ElementType.INT64, ROWS)),
                0);
    }

    public static TensorSignature raggedSignature(long most) {
        return plainSignature().withRagged(new RaggedAxis(1, most, Map.of("x", PADDING), Set.of("doubled")));
    }

    public FakeTensorRuntime withResidentBytes(long bytes) {
        return new FakeTensorRuntime(signature, bytes);
    }

    /** Called within each run, e.g. to move a clock. */
    public FakeTensorRuntime onRun(Consumer<Run> consumer) {
        onRun = consumer;
        return this;
    }

    /** Each run waits for a permit. */
    public FakeTensorRuntime withGate(StepGate value) {
        gate = value;
        return this;
    }

    /** Each run takes so many iterations, each of which calls {@link #onRun} and waits at the gate, and keeps 8 bytes for its answer. */
    public FakeTensorRuntime iterating(int times) {
        iterations = times;
        return this;
    }

    /** Iterations that have begun, of all runs. */
    public int iterations() {
        return begun;
    }

    /** Runs of more than one row fail, as those of a graph with a hidden batch size of one. */
    public FakeTensorRuntime failingJoined() {
        failsJoined = true;
        return this;
    }

    public List<Run> runs() {
        return List.copyOf(runs);
    }

    /** The very objects that it was given. */
    public List<Tensor> inputs() {
        return List.copyOf(inputs);
    }

    public int openSessions() {
        return sessions;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public TensorSignature signature() {
        return signature;
    }

    @Override
    public Set<ModelTask> tasks() {
        return Set.of(ModelTask.TENSOR, ModelTask.EMBED);
    }

    @Override
    public List<Tensor> run(List<Tensor> given, List<String> outputs, IterationWatch watch) {
        return run(given, outputs, 0, watch);
    }

    private List<Tensor> run(List<Tensor> given, List<String> outputs, long carried, IterationWatch watch) {
        Tensor x = given.getFirst();
        inputs.add(x);
        int rows = x.shape().get(0).intValue();
        int length = x.shape().get(1).intValue();
        Run run = new Run(rows, length);
        runs.add(run);
        int times = iterations;
        for (int i = 0; i < times; i++) {
            if (i > 0) {
                watch.next(8L * i);
            }
            begun++;
            onRun.accept(run);
            StepGate waits = gate;
            if (waits != null) {
                waits.pass();
            }
        }
        long[] values = Tensors.longs(x);
        refuse(values, rows);
        return answer(values, run, outputs, carried);
    }

    private void refuse(long[] values, int rows) {
        if (Arrays.stream(values).anyMatch(value -> value == REFUSED)) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "a row holds " + REFUSED);
        }
        if (Arrays.stream(values).anyMatch(value -> value == BROKEN) || failsJoined && rows > 1) {
            throw new IllegalStateException("this run was told to fail");
        }
    }

    private List<Tensor> answer(long[] values, Run run, List<String> outputs, long carried) {
        if (scratch.length < values.length) {
            scratch = new long[values.length];
        }
        long[] totals = new long[run.rows()];
        for (int i = 0; i < values.length; i++) {
            scratch[i] = 2 * values[i];
            totals[i / run.length()] += values[i] == PADDING ? 0 : values[i];
        }
        totals[0] += carried;
        List<Long> shape = List.of((long) run.rows(), (long) run.length());
        Tensor doubled = new Tensor(
                "doubled",
                ElementType.INT64,
                shape,
                MemorySegment.ofArray(scratch).asSlice(0, 8L * values.length));
        Tensor total = Tensors.longs("total", List.of((long) run.rows()), totals);
        List<Tensor> wanted = new ArrayList<>();
        for (String name : outputs.isEmpty() ? List.of("doubled", "total") : outputs) {
            wanted.add(name.equals("total") ? total : doubled);
        }
        return wanted;
    }

    @Override
    public TensorSession openSession(StateBudget budget) {
        sessions++;
        return new TensorSession() {
            private long sum;

            @Override
            public List<Tensor> run(List<Tensor> given, List<String> outputs) {
                budget.change("numbers", given.getFirst().data().byteSize());
                List<Tensor> answer =
                        FakeTensorRuntime.this.run(given, List.of("doubled", "total"), sum, IterationWatch.NONE);
                sum = Tensors.longs(answer.getLast())[0];
                return answer.stream()
                        .filter(output -> outputs.isEmpty() || outputs.contains(output.name()))
                        .toList();
            }

            @Override
            public void close() {
                sessions--;
            }
        };
    }

    @Override
    public long residentBytes() {
        return closed ? 0 : residentBytes;
    }

    @Override
    public void close() {
        closed = true;
    }
}
