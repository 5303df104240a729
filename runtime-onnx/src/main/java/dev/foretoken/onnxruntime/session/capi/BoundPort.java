package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.ElementNumbers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One input or output of a binding. The tensors that were bound here last are kept: buffers that take turns, as of a state that is read and
 * written, are bound again without making anything.
 */
final class BoundPort implements AutoCloseable {

    private static final int KEPT = 4;

    private final OrtApi api;
    private final long binding;
    private final OrtFunction bind;
    private final long name;
    private final @Nullable PlacedTensor[] kept = new PlacedTensor[KEPT];
    private int next;
    private @Nullable OrtObject strings;
    private long bound;
    /** Keeps memory reachable that ends when nobody can reach it. */
    private @Nullable Object owner;

    private boolean copied;

    /** @param name the port's name as a C string */
    BoundPort(OrtApi api, long binding, OrtFunction bind, long name) {
        this.api = api;
        this.binding = binding;
        this.bind = bind;
        this.name = name;
    }

    /** @param copied whether the graph reads a copy, made when a tensor is bound: so it is bound again for every run */
    void bind(ElementType type, long[] shape, MemoryPlace place, boolean copied) {
        PlacedTensor tensor = kept(type, shape, place);
        if (tensor == null) {
            tensor = PlacedTensor.over(api, type, shape, place);
            keep(tensor);
        }
        if (copied) {
            bound = tensor.address();
        } else if (bound != tensor.address()) {
            bound = 0;
            bind(tensor.address());
            bound = tensor.address();
        }
        owner = place.owner();
        this.copied = copied;
    }

    /** Binds strings, which are copies already. */
    void bind(OrtObject tensor) {
        unbind();
        releaseStrings();
        strings = tensor;
        bind(tensor.address());
    }

    /** Leaves the tensor to ONNX Runtime. */
    void unbind() {
        bound = 0;
        owner = null;
        copied = false;
    }

    void beforeRun() {
        if (copied) {
            bind(bound);
        }
    }

    private void bind(long tensor) {
        api.check(bind, binding, name, tensor);
    }

    private @Nullable PlacedTensor kept(ElementType type, long[] shape, MemoryPlace place) {
        for (PlacedTensor tensor : kept) {
            if (tensor != null && tensor.isOver(type, shape, place)) {
                return tensor;
            }
        }
        return null;
    }

    private void keep(PlacedTensor tensor) {
        PlacedTensor before = kept[next];
        kept[next] = tensor;
        next = (next + 1) % KEPT;
        if (before != null) {
            before.value().close();
        }
    }

    private void releaseStrings() {
        if (strings != null) {
            strings.close();
            strings = null;
        }
    }

    @Override
    public void close() {
        releaseStrings();
        for (PlacedTensor tensor : kept) {
            if (tensor != null) {
                tensor.value().close();
            }
        }
        Arrays.fill(kept, null);
    }

    /** ONNX Runtime's tensor over memory of ours. */
    private record PlacedTensor(OrtObject value, ElementType type, long[] shape, long place, long memoryInfo) {

        static PlacedTensor over(OrtApi api, ElementType type, long[] shape, MemoryPlace place) {
            try (Arena arena = Arena.ofConfined()) {
                OrtObject value = api.object(
                        OrtFunction.CREATE_TENSOR_WITH_DATA,
                        OrtFunction.RELEASE_VALUE,
                        place.memoryInfo(),
                        place.address(),
                        place.bytes(),
                        NativeText.write(arena, shape),
                        shape.length,
                        ElementNumbers.number(type));
                return new PlacedTensor(value, type, shape.clone(), place.address(), place.memoryInfo());
            }
        }

        boolean isOver(ElementType otherType, long[] otherShape, MemoryPlace other) {
            return place == other.address()
                    && type == otherType
                    && memoryInfo == other.memoryInfo()
                    && Arrays.equals(shape, otherShape);
        }

        long address() {
            return value.address();
        }
    }
}
