package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * State between runs of a graph: what one run writes the next one reads. Two memories take turns, so that nothing is copied where the graph
 * writes into the place it was given.
 */
final class StateBuffer implements AutoCloseable {

    private final String input;
    private final StateBudget budget;
    private Tensor current;
    private @Nullable HostMemory read;
    private @Nullable HostMemory written;

    /**
     * @param first what the first run reads
     * @param budget of the memories
     */
    StateBuffer(String input, Tensor first, StateBudget budget) {
        this.input = input;
        this.current = first;
        this.budget = budget;
    }

    /**
     * Memory that is all zeros for the first run.
     *
     * @throws ForetokenException PAYLOAD_TOO_LARGE for a shape that no memory holds; what {@code budget} throws
     */
    static StateBuffer zeros(String input, ElementType type, List<Long> shape, StateBudget budget) {
        long bytes = TensorSize.bytes(type, shape);
        if (bytes == TensorSize.TOO_MANY) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "cache '%s' would be %s %s, more than any memory holds; ask for fewer rows"
                            .formatted(input, type, shape));
        }
        StateBuffer state = new StateBuffer(input, new Tensor(input, type, shape, MemorySegment.NULL), budget);
        state.accept(new Tensor(input, type, shape, state.next(bytes).fill((byte) 0)));
        return state;
    }

    /** What the next run reads, under the name of its input. */
    Tensor current() {
        return current;
    }

    /** Where the next run writes. */
    MemorySegment next(long bytes) {
        if (written == null || written.bytes() < bytes) {
            budget.change(input, bytes - (written == null ? 0 : written.bytes()));
            close(written);
            written = null;
            written = new HostMemory(bytes);
        }
        return written.segment().asSlice(0, bytes);
    }

    /** What a run wrote, at {@link #next} or elsewhere, becomes current. */
    void accept(Tensor output) {
        long bytes = output.data().byteSize();
        MemorySegment place = next(bytes);
        if (!output.data().isNative() || output.data().address() != place.address()) {
            MemorySegment.copy(output.data(), 0, place, 0, bytes);
        }
        current = new Tensor(input, output.type(), output.shape(), place);
        HostMemory before = read;
        read = written;
        written = before;
    }

    private static void close(@Nullable HostMemory memory) {
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
