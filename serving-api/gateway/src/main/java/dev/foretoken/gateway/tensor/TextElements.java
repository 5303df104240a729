package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.runtime.BytesElements;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Elements of variable length in the form of {@code BYTES}: each one's length, then its bytes. For one thread. */
final class TextElements {

    private byte[] bytes = new byte[256];
    private int size;

    void add(byte[] value) {
        int end = Math.toIntExact(size + BytesElements.size(value.length));
        if (end > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(end, Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
        BytesElements.put(MemorySegment.ofArray(bytes), size, MemorySegment.ofArray(value));
        size = end;
    }

    int size() {
        return size;
    }

    MemorySegment in(TensorMemory memory, String tensor) {
        MemorySegment out = memory.allocate(tensor, size);
        MemorySegment.copy(bytes, 0, out, ValueLayout.JAVA_BYTE, 0, size);
        return out;
    }
}
