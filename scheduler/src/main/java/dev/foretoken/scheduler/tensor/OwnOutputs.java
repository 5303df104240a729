package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Outputs of a run in memory that their receiver owns: the runtime's is overwritten by the next run. */
final class OwnOutputs {

    private OwnOutputs() {}

    /** Those of these names, in their order. */
    static List<Tensor> copy(List<Tensor> outputs, List<String> names) {
        return names.stream()
                .map(name -> find(outputs, name))
                .map(output -> new Tensor(output.name(), output.type(), output.shape(), copy(output.data())))
                .toList();
    }

    static MemorySegment copy(MemorySegment data) {
        return allocate(data.byteSize()).copyFrom(data);
    }

    /** On the heap, aligned to eight bytes. */
    static MemorySegment allocate(long bytes) {
        return MemorySegment.ofArray(new long[Math.toIntExact((bytes + Long.BYTES - 1) / Long.BYTES)])
                .asSlice(0, bytes);
    }

    /** @throws IllegalStateException when the runtime has not made it */
    static Tensor find(List<Tensor> outputs, String name) {
        return outputs.stream()
                .filter(output -> output.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the runtime made no output '" + name + "'"));
    }
}
