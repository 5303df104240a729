package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.onnxruntime.session.CpuBinding;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionThreads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Answers the rows of a batch in several parts, of which each thread computes one at a time by a session of one thread. The threads of one run
 * wait for each other at every operator, those of several runs never do; and a part of shorter rows is not padded to the longest of all. Rows
 * must not depend on each other, which is what a batch axis promises.
 */
final class ParallelRows implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ParallelRows.class.getName());

    /** A part that takes less is done before another thread is awake. */
    private static final double LEAST_NANOS = 500_000;
    /** Larger parts are hardly faster, and their activations outgrow a core's cache; smaller ones read weights for too few tokens. */
    private static final int TOKENS_OF_PART = 384;
    /** Of rows without lengths. */
    private static final int ROWS_OF_PART = 8;
    /** Of what is known of the time of a byte, kept at each run. */
    private static final double KEEP = 0.75;

    private final Answering answering;
    private final GraphCall whole;
    private final List<GraphCall> calls;
    private final Optional<RaggedAxis> ragged;
    private final ExecutorService workers;
    private final Places joined = new Places();
    private final LongSupplier clock;
    private boolean divides;
    private double nanosPerByte;

    /**
     * Closes neither session.
     *
     * @param whole computes batches that are not divided
     * @param single of the same graph on one thread, for parts; empty = nothing is divided
     * @param threads that compute at once, 1 at least, and where those do that are started here
     * @param clock monotonic nanoseconds
     */
    ParallelRows(
            GraphSession whole,
            Optional<GraphSession> single,
            TensorSignature signature,
            Answering answering,
            SessionThreads threads,
            LongSupplier clock) {
        this.answering = answering;
        this.whole = new GraphCall(whole);
        this.calls = single.filter(session -> signature.batchAxis() == 0 && isOfRows(session)).stream()
                .flatMap(
                        session -> Stream.generate(() -> new GraphCall(session)).limit(threads.count()))
                .toList();
        this.divides = calls.size() > 1;
        this.ragged = signature.ragged();
        this.clock = clock;
        this.workers = Executors.newFixedThreadPool(
                Math.max(1, calls.size() - 1),
                CpuBinding.bound(
                        Thread.ofPlatform().name("graph-rows-", 1).daemon().factory(), threads.cpus()));
    }

    /** Every tensor begins with rows, and no size of an output is one that only the run tells: it may be that of all rows. */
    private static boolean isOfRows(GraphSession session) {
        Set<String> known = new HashSet<>();
        for (GraphPort input : session.inputs()) {
            known.addAll(widths(input));
        }
        known.remove("");
        return Stream.concat(session.inputs().stream(), session.outputs().stream())
                        .allMatch(ParallelRows::beginsWithRows)
                && session.outputs().stream().allMatch(output -> known.containsAll(widths(output)));
    }

    private static boolean beginsWithRows(GraphPort port) {
        return port.type() != ElementType.BYTES
                && !port.shape().isEmpty()
                && port.shape().getFirst() < 0
                && !widths(port).contains(port.dimensions().getFirst());
    }

    /** Names of the dimensions of any size behind the first. */
    private static List<String> widths(GraphPort port) {
        return IntStream.range(1, port.shape().size())
                .filter(axis -> port.shape().get(axis) < 0)
                .mapToObj(port.dimensions()::get)
                .toList();
    }

    /** Whether parts are as wide as their own longest row, not as that of all. */
    boolean cutsPadding() {
        return divides && ragged.isPresent();
    }

    /** As {@link Answering#answer}; what comes back is valid until the next call. */
    List<Tensor> run(List<Tensor> inputs, List<String> outputs) {
        long bytes = inputs.stream().mapToLong(input -> input.data().byteSize()).sum();
        Optional<RowWidths> widths = RowWidths.of(ragged, inputs, outputs);
        int parts = parts(inputs, widths, bytes);
        long start = clock.getAsLong();
        List<Tensor> results =
                parts < 2 ? whole(inputs, outputs) : divided(new RowParts(inputs, parts, widths), inputs, outputs);
        double nanos = (double) Math.min(parts, threads()) * (clock.getAsLong() - start) / Math.max(1, bytes);
        nanosPerByte = nanosPerByte == 0 ? nanos : KEEP * nanosPerByte + (1 - KEEP) * nanos;
        return results;
    }

    private int threads() {
        return Math.max(1, calls.size());
    }

    private boolean isDivisible(List<Tensor> inputs) {
        if (!divides || inputs.isEmpty() || inputs.getFirst().shape().isEmpty()) {
            return false;
        }
        long rows = inputs.getFirst().shape().getFirst();
        return inputs.stream()
                .allMatch(input -> !input.shape().isEmpty() && input.shape().getFirst() == rows);
    }

    private int parts(List<Tensor> inputs, Optional<RowWidths> widths, long bytes) {
        if (!isDivisible(inputs)) {
            return 1;
        }
        long rows = inputs.getFirst().shape().getFirst();
        long size = widths.map(known -> RowParts.sum(known.widths())).orElse(rows);
        long most = widths.isPresent() ? TOKENS_OF_PART : ROWS_OF_PART;
        double worthwhile = nanosPerByte * bytes / LEAST_NANOS;
        int threads = calls.size();
        long wanted = threads * Math.ceilDiv(size, threads * most); // no thread waits for the last part
        return (int) Math.max(1, Math.min(Math.min(wanted, rows), worthwhile));
    }

    private List<Tensor> whole(List<Tensor> inputs, List<String> outputs) {
        return answering.answer(whole::compute, inputs, outputs);
    }

    private List<Tensor> divided(RowParts slices, List<Tensor> inputs, List<String> outputs) {
        int parts = slices.count();
        JoinedRows results = new JoinedRows(slices.rows(), joined);
        AtomicInteger left = new AtomicInteger(parts);
        List<Future<?>> others = new ArrayList<>();
        try {
            for (GraphCall call : calls.subList(1, Math.min(calls.size(), parts))) {
                others.add(workers.submit(() -> answer(call, left, slices, results, outputs)));
            }
            answer(calls.getFirst(), left, slices, results, outputs);
        } finally {
            left.set(0);
            // The others read memory of the caller's: nobody leaves before they have done.
            others.forEach(ParallelRows::settle);
        }
        others.forEach(ParallelRows::rethrow);
        if (results.areIndependent()) {
            return results.tensors();
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "Rows of this graph depend on each other: they are not divided any more; declare \"batch_axis\": -1");
        divides = false;
        return whole(inputs, outputs);
    }

    /** Parts as long as there are any, the last ones first: rows come sorted by length, and the longest should not be what all wait for. */
    private void answer(GraphCall call, AtomicInteger left, RowParts slices, JoinedRows results, List<String> outputs) {
        for (int part = left.decrementAndGet(); part >= 0; part = left.decrementAndGet()) {
            List<Tensor> made = answering.answer(call::compute, slices.inputs(part), outputs);
            results.add(slices.begin(part), slices.begin(part + 1) - slices.begin(part), made);
        }
    }

    private static void settle(Future<?> part) {
        boolean interrupted = false;
        while (!part.isDone()) {
            try {
                part.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException | CancellationException e) {
                break; // rethrown when all have ended
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Future<?> part) {
        if (part.state() == Future.State.SUCCESS) {
            return;
        }
        switch (part.exceptionNow()) {
            case RuntimeException failed -> throw failed;
            case Error failed -> throw failed;
            case Throwable failed -> throw new IllegalStateException(failed);
        }
    }

    @Override
    public void close() {
        workers.close();
        calls.forEach(GraphCall::close);
        whole.close();
        joined.close();
    }
}
