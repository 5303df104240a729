package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Small tensors of floats, to and from numbers. */
final class Vectors {

    private Vectors() {}

    static float[] numbers(StoredTensor tensor) {
        FloatType type = tensor.floats();
        float[] numbers = new float[Math.toIntExact(tensor.data().byteSize() / type.bytes())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = type.load(tensor.data(), i);
        }
        return numbers;
    }

    /** Rounded to the type of the tensor that it replaces. */
    static StoredTensor like(StoredTensor before, float[] numbers) {
        FloatType type = before.floats();
        MemorySegment data = MemorySegment.ofArray(new byte[numbers.length * type.bytes()]);
        for (int i = 0; i < numbers.length; i++) {
            type.store(data, i, numbers[i]);
        }
        return new StoredTensor(before.name(), StoredType.valueOf(type.name()), List.copyOf(before.shape()), data);
    }
}
