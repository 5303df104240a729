package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.weights.stored.StoredType;
import java.util.List;

/**
 * Where a tensor's bytes are and how they are read: equal origins are equal numbers.
 *
 * @param file the file, or the part of it that has the tensor
 * @param offset of the tensor's first byte in it
 */
record TensorOrigin(FileStamp file, long offset, StoredType type, List<Long> shape) {
    TensorOrigin {
        shape = List.copyOf(shape);
    }
}
