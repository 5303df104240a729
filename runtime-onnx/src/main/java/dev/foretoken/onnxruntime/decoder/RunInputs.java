package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;

/** Tokens, masks and positions of a run. */
final class RunInputs {

    private final DecoderPorts ports;
    private final boolean rightPadded;
    private final Map<String, NativeBuffer> buffers = new HashMap<>();

    /** @param rightPadded whether a row's tokens begin at place 0 of its cache, whatever the others' lengths */
    RunInputs(DecoderPorts ports, boolean rightPadded) {
        this.ports = ports;
        this.rightPadded = rightPadded;
    }

    /** {@code keep}: of how many last positions logits are wanted, 0 = of all. */
    void bind(Binding binding, RunRows run, StepPlan plan, int keep) {
        long rows = run.count();
        long span = run.span();
        Numbers ids = numbers(ports.inputIds(), rows * span);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < span; i++) {
                ids.set(row * span + i, plan.token(run.planRow(row), run.from() + i));
            }
        }
        ids.bind(binding, rows, span);
        ports.attentionMask().ifPresent(port -> bindMask(binding, port, run));
        ports.positionIds().ifPresent(port -> bindPositions(binding, port, run));
        ports.cachePosition().ifPresent(port -> bindPlaces(binding, port, run));
        ports.logitsToKeep().ifPresent(port -> {
            Numbers number = numbers(port, 1);
            number.set(0, keep);
            number.bind(binding, port.shape().isEmpty() ? new long[0] : new long[] {1});
        });
    }

    private void bindMask(Binding binding, GraphPort port, RunRows run) {
        long fixed = port.shape().getLast();
        long total = fixed >= 0 ? fixed : run.longest() + (long) run.span();
        Numbers mask = numbers(port, run.count() * total);
        for (int row = 0; row < run.count(); row++) {
            long tokens = run.past(row) + (long) run.span();
            long begin = rightPadded ? 0 : total - tokens;
            for (long i = 0; i < total; i++) {
                mask.set(row * total + i, i >= begin && i < begin + tokens ? 1 : 0);
            }
        }
        mask.bind(binding, run.count(), total);
    }

    private void bindPositions(Binding binding, GraphPort port, RunRows run) {
        Numbers positions = numbers(port, (long) run.count() * run.span());
        for (int row = 0; row < run.count(); row++) {
            for (int i = 0; i < run.span(); i++) {
                positions.set((long) row * run.span() + i, run.past(row) + i);
            }
        }
        positions.bind(binding, run.count(), run.span());
    }

    private void bindPlaces(Binding binding, GraphPort port, RunRows run) {
        Numbers places = numbers(port, run.span());
        for (int i = 0; i < run.span(); i++) {
            places.set(i, run.longest() + i);
        }
        places.bind(binding, run.span());
    }

    private Numbers numbers(GraphPort port, long count) {
        NativeBuffer buffer = buffers.computeIfAbsent(port.name(), name -> new NativeBuffer());
        return new Numbers(port, buffer.of(count * port.type().bytes()));
    }

    /** Integers of an input, of 4 or 8 bytes. */
    private record Numbers(GraphPort port, MemorySegment data) {

        void set(long index, long value) {
            if (port.type() == ElementType.INT64) {
                data.setAtIndex(ValueLayout.JAVA_LONG, index, value);
            } else {
                data.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
            }
        }

        void bind(Binding binding, long... shape) {
            binding.input(port.name(), port.type(), shape, data);
        }
    }
}
