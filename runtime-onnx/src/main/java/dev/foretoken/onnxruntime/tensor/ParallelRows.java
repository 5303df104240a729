package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs the rows of a batch in several parts at once. The threads of one run wait for each other at every operator, those of several runs never
 * do: halves of a batch of texts take 0.7 to 0.8 of the time of the whole on two cores. Rows must not depend on each other, which is what a
 * batch axis promises.
 */
final class ParallelRows implements Computation, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(ParallelRows.class.getName());

    /** A part that takes less is done before another thread is awake. */
    private static final double LEAST_NANOS = 500_000;
    /** Of what is known of the time of a byte, kept at each run. */
    private static final double KEEP = 0.75;

    private final List<GraphCall> calls;
    private final ExecutorService workers;
    private final Places joined = new Places();
    private final LongSupplier clock;
    private boolean divides;
    private double nanosPerByte;

    private ParallelRows(List<GraphCall> calls, LongSupplier clock) {
        this.calls = calls;
        this.clock = clock;
        this.divides = calls.size() > 1;
        this.workers = Executors.newFixedThreadPool(
                Math.max(1, calls.size() - 1),
                Thread.ofPlatform().name("graph-rows-", 1).daemon().factory());
    }

    /**
     * @param threads parts at most, 1 at least; a graph with a tensor that does not begin with its rows is run as a whole
     * @param clock monotonic nanoseconds
     */
    static ParallelRows over(GraphSession session, int batchAxis, int threads, LongSupplier clock) {
        boolean divides = batchAxis == 0 && isOfRows(session);
        List<GraphCall> calls = new ArrayList<>();
        for (int i = 0; i < (divides ? threads : 1); i++) {
            calls.add(new GraphCall(session));
        }
        return new ParallelRows(List.copyOf(calls), clock);
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

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted) {
        long bytes = given.values().stream()
                .mapToLong(tensor -> tensor.data().byteSize())
                .sum();
        long start = clock.getAsLong();
        int parts = parts(given, bytes);
        Map<String, Tensor> results = parts == 1 ? part(0, given, wanted) : inParts(parts, given, wanted);
        double nanos = (double) parts * (clock.getAsLong() - start) / Math.max(1, bytes);
        nanosPerByte = nanosPerByte == 0 ? nanos : KEEP * nanosPerByte + (1 - KEEP) * nanos;
        return results;
    }

    private int parts(Map<String, Tensor> given, long bytes) {
        if (!divides || given.isEmpty()) {
            return 1;
        }
        long rows = rows(given);
        if (given.values().stream().anyMatch(tensor -> tensor.shape().getFirst() != rows)) {
            return 1;
        }
        double worthwhile = nanosPerByte * bytes / LEAST_NANOS;
        return (int) Math.max(1, Math.min(Math.min(calls.size(), rows), worthwhile));
    }

    private static long rows(Map<String, Tensor> given) {
        return given.values().iterator().next().shape().getFirst();
    }

    private Map<String, Tensor> part(int part, Map<String, Tensor> given, Set<String> wanted) {
        GraphCall call = calls.get(part);
        return call.run(call.readable(given), wanted);
    }

    private Map<String, Tensor> inParts(int parts, Map<String, Tensor> given, Set<String> wanted) {
        long rows = rows(given);
        List<Map<String, Tensor>> slices = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            slices.add(slice(given, rows * part / parts, rows * (part + 1) / parts));
        }
        List<Map<String, Tensor>> results = results(slices, wanted);
        for (int part = 0; part < parts; part++) {
            if (!areOf(rows(slices.get(part)), results.get(part), results.getFirst())) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Rows of this graph depend on each other: they are not divided any more; declare \"batch_axis\": -1");
                divides = false;
                return part(0, given, wanted);
            }
        }
        return joined(results, wanted);
    }

    private List<Map<String, Tensor>> results(List<Map<String, Tensor>> slices, Set<String> wanted) {
        List<Future<Map<String, Tensor>>> others = new ArrayList<>();
        for (int part = 1; part < slices.size(); part++) {
            int mine = part;
            others.add(workers.submit(() -> part(mine, slices.get(mine), wanted)));
        }
        List<Map<String, Tensor>> results = new ArrayList<>();
        try {
            results.add(part(0, slices.getFirst(), wanted));
        } finally {
            // The others read memory of the caller's: nobody leaves before they have done.
            others.forEach(ParallelRows::settle);
        }
        others.forEach(other -> results.add(result(other)));
        return results;
    }

    private static boolean areOf(long rows, Map<String, Tensor> results, Map<String, Tensor> first) {
        return results.values().stream()
                .allMatch(tensor -> !tensor.shape().isEmpty()
                        && tensor.shape().getFirst() == rows
                        && withRows(tensor, 0).equals(withRows(first.get(tensor.name()), 0)));
    }

    private static Map<String, Tensor> slice(Map<String, Tensor> given, long begin, long end) {
        Map<String, Tensor> slice = new LinkedHashMap<>();
        given.forEach((name, tensor) -> {
            long bytes = tensor.data().byteSize() / tensor.shape().getFirst();
            MemorySegment data = tensor.data().asSlice(begin * bytes, (end - begin) * bytes);
            slice.put(name, new Tensor(name, tensor.type(), withRows(tensor, end - begin), data));
        });
        return slice;
    }

    private static List<Long> withRows(Tensor tensor, long rows) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        shape.set(0, rows);
        return shape;
    }

    private Map<String, Tensor> joined(List<Map<String, Tensor>> parts, Set<String> wanted) {
        Map<String, Tensor> whole = new HashMap<>();
        for (String name : wanted) {
            whole.put(
                    name,
                    joined(name, parts.stream().map(part -> part.get(name)).toList()));
        }
        return whole;
    }

    private Tensor joined(String name, List<Tensor> parts) {
        long bytes = parts.stream().mapToLong(part -> part.data().byteSize()).sum();
        long rows = parts.stream().mapToLong(part -> part.shape().getFirst()).sum();
        MemorySegment place = joined.of(name, bytes);
        long offset = 0;
        for (Tensor part : parts) {
            MemorySegment.copy(part.data(), 0, place, offset, part.data().byteSize());
            offset += part.data().byteSize();
        }
        return new Tensor(name, parts.getFirst().type(), withRows(parts.getFirst(), rows), place);
    }

    private static void settle(Future<?> part) {
        boolean interrupted = false;
        while (!part.isDone()) {
            try {
                part.get();
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                break; // told when its result is asked for
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Map<String, Tensor> result(Future<Map<String, Tensor>> part) {
        if (part.state() == Future.State.SUCCESS) {
            return part.resultNow();
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
        joined.close();
    }
}
