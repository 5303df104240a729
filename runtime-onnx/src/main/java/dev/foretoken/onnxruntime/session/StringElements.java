package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Strings in the form of {@link dev.foretoken.contract.runtime.ElementType#BYTES}: a little-endian uint32 length before each. */
public final class StringElements {

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private StringElements() {}

    /** @throws ForetokenException INVALID_REQUEST when {@code data} does not hold exactly {@code count} elements */
    public static String[] read(String name, MemorySegment data, long count) {
        return slices(name, data, count).stream()
                .map(element -> new String(element.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8))
                .toArray(String[]::new);
    }

    /**
     * The bytes of the elements, where they lie.
     *
     * @throws ForetokenException INVALID_REQUEST when {@code data} does not hold exactly {@code count} elements
     */
    public static List<MemorySegment> slices(String name, MemorySegment data, long count) {
        if (count > data.byteSize() / Integer.BYTES) {
            throw refused(name, count, data);
        }
        List<MemorySegment> elements = new ArrayList<>((int) count);
        long at = 0;
        for (int i = 0; i < count; i++) {
            long length = at + Integer.BYTES > data.byteSize() ? -1 : Integer.toUnsignedLong(data.get(LENGTH, at));
            at += Integer.BYTES;
            if (length < 0 || length > data.byteSize() - at) {
                throw refused(name, count, data);
            }
            elements.add(data.asSlice(at, length));
            at += length;
        }
        if (at != data.byteSize()) {
            throw refused(name, count, data);
        }
        return elements;
    }

    public static MemorySegment write(List<String> elements) {
        return join(elements.stream()
                .map(element -> MemorySegment.ofArray(element.getBytes(StandardCharsets.UTF_8)))
                .toList());
    }

    /** Puts its length before the bytes of each element. */
    public static MemorySegment join(List<MemorySegment> elements) {
        long bytes =
                elements.stream().mapToLong(e -> Integer.BYTES + e.byteSize()).sum();
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
        long at = 0;
        for (MemorySegment element : elements) {
            data.set(LENGTH, at, (int) element.byteSize());
            MemorySegment.copy(element, 0, data, at + Integer.BYTES, element.byteSize());
            at += Integer.BYTES + element.byteSize();
        }
        return data;
    }

    private static ForetokenException refused(String name, long count, MemorySegment data) {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST,
                "Tensor %s has %d bytes that are not %d strings, each after its length as a little-endian uint32"
                        .formatted(name, data.byteSize(), count));
    }
}
