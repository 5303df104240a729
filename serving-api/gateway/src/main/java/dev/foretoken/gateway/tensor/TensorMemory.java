package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the inputs of one request lie: native memory, which engines read without a copy, bounded for all of them together. It is freed when
 * nobody refers to it any more, since an engine may still read it after its caller has left. For one thread.
 */
public final class TensorMemory {

    /** What wide loads of every CPU like. */
    private static final int ALIGNMENT = 64;

    private final TensorLimits limits;
    private final Arena arena = Arena.ofAuto();
    private long taken;

    public TensorMemory(TensorLimits limits) {
        this.limits = limits;
    }

    /**
     * How many elements a shape has.
     *
     * @throws ForetokenException INVALID_REQUEST for a negative dimension and for too many of them, PAYLOAD_TOO_LARGE
     */
    public long elements(String tensor, ElementType type, List<Long> shape) {
        if (shape.size() > limits.maxDimensions()) {
            throw invalid(
                    tensor, "has " + shape.size() + " dimensions, at most " + limits.maxDimensions() + " are allowed");
        }
        if (shape.stream().anyMatch(size -> size < 0)) {
            throw invalid(tensor, "has shape " + shape + ", every dimension must be 0 or more");
        }
        // An empty tensor of an absurd shape is empty; only what needs memory is bounded.
        requireRoom(tensor, TensorSize.bytes(type, shape));
        return TensorSize.elements(shape);
    }

    /**
     * A tensor that comes as the bytes it is.
     *
     * @param source fills the memory that it is given
     * @throws ForetokenException INVALID_REQUEST when the bytes are not what type and shape promise, PAYLOAD_TOO_LARGE
     */
    public Tensor raw(String name, ElementType type, List<Long> shape, long bytes, Consumer<MemorySegment> source) {
        elements(name, type, shape);
        MemorySegment data = allocate(name, bytes);
        source.accept(data);
        Tensor tensor = new Tensor(name, type, shape, data);
        Optional<String> misfit = TensorSize.misfit(tensor);
        if (misfit.isPresent()) {
            throw invalid(name, misfit.get());
        }
        return tensor;
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE when so many bytes more than those taken are too many */
    public void requireRoom(String tensor, long bytes) {
        if (bytes > limits.maxRequestBytes() - taken) {
            throw tooLarge(tensor);
        }
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE */
    public MemorySegment allocate(String tensor, long bytes) {
        requireRoom(tensor, bytes);
        taken += bytes;
        return arena.allocate(bytes, ALIGNMENT);
    }

    private ForetokenException tooLarge(String tensor) {
        return new ForetokenException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "input '" + tensor + "' makes the inputs larger than " + limits.maxRequestBytes()
                                + " bytes together, the limit of this server")
                .withParam(tensor);
    }

    static ForetokenException invalid(String tensor, String problem) {
        return ForetokenException.invalid(tensor, "input '" + tensor + "' " + problem);
    }
}
