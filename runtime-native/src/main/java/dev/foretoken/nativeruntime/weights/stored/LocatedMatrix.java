package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Function;

/**
 * A matrix whose tensors were found and whose headers were checked; none of its weights was read.
 *
 * @param content checks what only the content shows and gives the matrix; memory is taken from the arena
 */
public record LocatedMatrix(List<StoredTensor> parts, Function<Arena, StoredMatrix> content) {
    public LocatedMatrix {
        parts = List.copyOf(parts);
    }

    /** The part that a reference names of this, which is its whole tensor. */
    public LocatedMatrix viewed(MatrixRef ref) {
        return ref.isWhole()
                ? this
                : new LocatedMatrix(parts, scratch -> ViewedMatrix.of(content.apply(scratch), ref, scratch));
    }

    /** As stored. */
    public long bytes() {
        return parts.stream().mapToLong(part -> part.data().byteSize()).sum();
    }
}
