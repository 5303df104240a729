package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.DeviceTensor;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.HostMemory;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * State between runs of a graph: what one run writes the next one reads. Two memories of the session's device take turns, so that nothing is
 * copied where the graph writes into the place it was given, and nothing crosses the host. Strings alone stay there: no device holds them.
 */
final class StateBuffer implements AutoCloseable {

    /**
     * Where the memories come from.
     *
     * @param device gives memory of so many bytes, all zeros, on the session's device
     * @param budget asked before each is allocated, told when one could not be
     */
    record Source(LongFunction<DeviceMemory> device, StateBudget budget) {}

    private final Source source;
    private final GraphPort input;
    private final GraphPort output;
    private List<Long> shape;
    private long bytes;
    /** What the first run reads, where a caller gave it. */
    private @Nullable Tensor given;

    private @Nullable DeviceMemory read;
    private @Nullable DeviceMemory written;
    /** Of what the next run writes; null where only the run tells. */
    private @Nullable List<Long> nextShape;

    private long nextBytes;

    private StateBuffer(Source source, GraphPort input, GraphPort output, List<Long> shape) {
        this.source = source;
        this.input = input;
        this.output = output;
        this.shape = shape;
    }

    /** @param first what the first run reads, in memory that it can read in place */
    static StateBuffer of(Source source, GraphPort input, GraphPort output, Tensor first) {
        StateBuffer state = new StateBuffer(source, input, output, first.shape());
        state.given = first;
        state.bytes = first.data().byteSize();
        return state;
    }

    /**
     * Zeros for the first run.
     *
     * @throws ForetokenException PAYLOAD_TOO_LARGE for a shape that no memory holds; INSUFFICIENT_MEMORY; what the budget throws
     */
    static StateBuffer zeros(Source source, GraphPort input, GraphPort output, List<Long> shape) {
        long bytes = TensorSize.bytes(input.type(), shape);
        if (bytes == TensorSize.TOO_MANY) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "cache '%s' would be %s %s, more than any memory holds; ask for fewer rows"
                            .formatted(input.name(), input.type(), shape));
        }
        StateBuffer state = new StateBuffer(source, input, output, shape);
        state.place(shape, bytes); // fresh memory is all zeros
        state.advance(shape, bytes);
        return state;
    }

    String input() {
        return input.name();
    }

    String output() {
        return output.name();
    }

    /** Of what the next run reads. */
    List<Long> shape() {
        return shape;
    }

    /** Of what the next run reads. */
    long bytes() {
        return bytes;
    }

    /** The next run is to write a tensor of so many bytes in place; they may replace those that the run before the last one wrote. */
    void place(List<Long> ofNext, long needed) {
        room(needed);
        nextShape = ofNext;
        nextBytes = needed;
    }

    /** Only the next run tells what it writes. */
    void unplace() {
        nextShape = null;
    }

    private DeviceMemory room(long needed) {
        DeviceMemory there = written;
        if (there != null && there.bytes() >= needed) {
            return there;
        }
        source.budget().change(input.name(), needed - (there == null ? 0 : there.bytes()));
        close(there);
        written = null;
        DeviceMemory larger = allocated(needed);
        written = larger;
        return larger;
    }

    private DeviceMemory allocated(long needed) {
        try {
            return output.type() == ElementType.BYTES
                    ? HostMemory.allocate(needed)
                    : source.device().apply(needed);
        } catch (RuntimeException | Error e) {
            source.budget().change(input.name(), -needed);
            throw e;
        }
    }

    /** Says where a run reads and writes. */
    void bind(Binding binding) {
        Tensor first = given;
        DeviceMemory memory = read;
        if (first != null) {
            binding.input(input.name(), first.type(), array(shape), first.data());
        } else if (memory != null && output.type() == ElementType.BYTES) {
            binding.input(
                    input.name(), output.type(), array(shape), memory.segment().asSlice(0, bytes));
        } else if (memory != null) {
            binding.input(input.name(), output.type(), array(shape), memory, 0);
        }
        bindOutput(binding);
    }

    private void bindOutput(Binding binding) {
        DeviceMemory place = written;
        List<Long> known = nextShape;
        if (place != null && known != null) {
            binding.output(output.name(), output.type(), array(known), place, 0);
        } else if (output.type() == ElementType.BYTES) {
            binding.output(output.name());
        } else {
            binding.deviceOutput(output.name());
        }
    }

    /** What the bound run wrote becomes what the next one reads. */
    void ran(Binding binding) {
        List<Long> known = nextShape;
        if (known != null) {
            advance(known, nextBytes);
        } else if (output.type() == ElementType.BYTES) {
            Tensor strings = binding.result(output.name());
            room(strings.data().byteSize()).write(strings.data(), 0);
            advance(strings.shape(), strings.data().byteSize());
        } else {
            DeviceTensor made = binding.deviceResult(output.name());
            long size = made.memory().bytes();
            made.memory().copy(0, room(size), 0, size);
            advance(made.shape(), size);
        }
    }

    private void advance(List<Long> ofRead, long size) {
        shape = ofRead;
        bytes = size;
        given = null;
        DeviceMemory before = read;
        read = written;
        written = before;
        nextShape = null;
    }

    /** What the last run wrote, under its output's name: in place where the device's memory is the host's, else a copy in {@code places}. */
    Tensor written(Places places) {
        DeviceMemory memory = read;
        if (memory == null) {
            throw new IllegalStateException("Nothing ran yet that wrote " + output.name());
        }
        if (memory.isHost()) {
            return new Tensor(
                    output.name(), output.type(), shape, memory.segment().asSlice(0, bytes));
        }
        Tensor copy = new Tensor(output.name(), output.type(), shape, places.of(output.name(), bytes));
        memory.read(0, copy.data());
        return copy;
    }

    /** Whether what was read of it lies in its own memory. */
    boolean isHost() {
        DeviceMemory memory = read;
        return memory == null || memory.isHost();
    }

    private static long[] array(List<Long> shape) {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    private static void close(@Nullable DeviceMemory memory) {
        if (memory != null) {
            memory.close();
        }
    }

    @Override
    public void close() {
        close(read);
        close(written);
        read = null;
        written = null;
    }
}
