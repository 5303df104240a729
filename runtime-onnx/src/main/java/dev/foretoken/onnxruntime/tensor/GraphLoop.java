package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.IterationWatch;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.artifact.LoopDeclaration;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Runs a graph again and again: what its outputs of state hold, its inputs of state take. */
final class GraphLoop implements AutoCloseable {

    /** How many runs there were: INT64 [1]. */
    static final String RUNS = "iterations";

    private final GraphCall call;
    private final LoopDeclaration loop;
    private final Places numbers = new Places();
    private final States states = new States();

    GraphLoop(GraphCall call, LoopDeclaration loop) {
        this.call = call;
        this.loop = loop;
    }

    /** As {@link Computation#run}; what {@code watch} throws between two runs of the graph ends it. */
    Map<String, Tensor> run(Map<String, Tensor> given, Set<String> wanted, IterationWatch watch) {
        int most = runs(given);
        states.close();
        try {
            return run(most, call.readable(given), wanted, watch);
        } catch (RuntimeException | Error e) {
            states.close();
            throw e;
        }
    }

    private Map<String, Tensor> run(int most, Map<String, Tensor> given, Set<String> wanted, IterationWatch watch) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(given);
        inputs.keySet().retainAll(call.inputs().keySet());
        begin(inputs);
        KeptRuns kept =
                new KeptRuns(loop.keep().stream().filter(wanted::contains).toList());
        Set<String> watched = new HashSet<>(kept.names);
        loop.stop().ifPresent(stop -> watched.add(stop.output()));
        Set<String> needed = new HashSet<>(watched);
        wanted.stream().filter(call.outputs()::containsKey).forEach(needed::add);
        Map<String, Tensor> results = new HashMap<>();
        int run = 0;
        while (run < most) {
            if (run > 0) {
                watch.next(kept.bytes + states.bytes());
            }
            results = step(inputs, needed, run++);
            call.read(states, watched, results);
            kept.add(results);
            if (isDone(results)) {
                break;
            }
        }
        call.read(states, wanted, results);
        states.closeCopied();
        results.putAll(kept.stacked());
        results.put(RUNS, LoopNumbers.count(RUNS, run));
        return results;
    }

    /** Makes state of what a caller gave of it. */
    private void begin(Map<String, Tensor> inputs) {
        StateBuffer.Source memory = new StateBuffer.Source(call::allocate, StateBudget.UNBOUNDED);
        loop.state().forEach((in, out) -> {
            Tensor first = Objects.requireNonNull(inputs.remove(in));
            states.add(
                    StateBuffer.of(memory, call.inputs().get(in), call.outputs().get(out), first));
        });
    }

    private Map<String, Tensor> step(Map<String, Tensor> inputs, Set<String> needed, int run) {
        // Those of the run before: its state may have been of another size.
        inputs.keySet().removeAll(loop.schedules().keySet());
        Map<String, Long> sizes = call.sizes(inputs, states);
        loop.schedules().forEach((name, values) -> {
            double value = values.isEmpty() ? run : values.get(run);
            inputs.put(name, LoopNumbers.tensor(call.inputs().get(name), sizes, value, numbers));
        });
        return call.run(inputs, needed, states);
    }

    private boolean isDone(Map<String, Tensor> results) {
        return loop.stop()
                .map(stop -> LoopNumbers.isBelow(results.get(stop.output()), stop.below()))
                .orElse(false);
    }

    private int runs(Map<String, Tensor> given) {
        return loop.countInput()
                .map(name -> {
                    MemorySegment data = given.get(name).data();
                    long count = data.byteSize() == 0 ? 0 : data.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
                    if (count < 1 || count > loop.most()) {
                        throw ForetokenException.invalid(
                                name,
                                "Tensor %s is %d, expected a number in [1, %d]".formatted(name, count, loop.most()));
                    }
                    return (int) count;
                })
                .orElse(loop.most());
    }

    @Override
    public void close() {
        states.close();
        numbers.close();
    }

    /** Outputs of every run, one behind the other. */
    private static final class KeptRuns {

        /** What one array holds; who runs the loop may allow less. */
        private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

        private final List<String> names;
        private final Map<String, List<byte[]>> runs = new HashMap<>();
        private final Map<String, Tensor> last = new HashMap<>();
        private long bytes;

        private KeptRuns(List<String> names) {
            this.names = names;
        }

        private void add(Map<String, Tensor> results) {
            for (String name : names) {
                Tensor tensor = results.get(name);
                requireTheShape(name, last.getOrDefault(name, tensor), tensor);
                bytes += tensor.data().byteSize();
                if (bytes > MAX_BYTES) {
                    throw ForetokenException.invalid(
                            name,
                            "Tensor %s of all runs has more than %d bytes; ask for fewer runs"
                                    .formatted(name, MAX_BYTES));
                }
                runs.computeIfAbsent(name, key -> new ArrayList<>())
                        .add(tensor.data().toArray(ValueLayout.JAVA_BYTE));
                last.put(name, tensor);
            }
        }

        private static void requireTheShape(String name, Tensor before, Tensor now) {
            if (!before.shape().equals(now.shape())) {
                throw ForetokenException.invalid(
                        name,
                        "Tensor %s is %s in one run and %s in the next, so those of all runs are no one tensor (loop.keep); ask for outputs without it"
                                .formatted(name, before.shape(), now.shape()));
            }
        }

        private Map<String, Tensor> stacked() {
            Map<String, Tensor> stacked = new HashMap<>();
            last.forEach((name, tensor) -> stacked.put(name, stack(tensor, runs.get(name))));
            return stacked;
        }

        private static Tensor stack(Tensor tensor, List<byte[]> parts) {
            byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
            int at = 0;
            for (byte[] part : parts) {
                System.arraycopy(part, 0, all, at, part.length);
                at += part.length;
            }
            List<Long> shape = new ArrayList<>(tensor.shape());
            shape.addFirst((long) parts.size());
            return new Tensor(tensor.name(), tensor.type(), shape, MemorySegment.ofArray(all));
        }
    }
}
