package dev.foretoken.contract.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The elements of a tensor of {@link ElementType#BYTES}: before the bytes of each its length, a little-endian uint32. Nothing is read beyond the
 * memory that is given, whatever a length says.
 */
public final class BytesElements {

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private BytesElements() {}

    /** Where the element that begins at {@code at} ends; -1 when {@code data} ends before. */
    public static long end(MemorySegment data, long at) {
        long left = data.byteSize() - at - LENGTH.byteSize();
        long length = left < 0 ? 0 : Integer.toUnsignedLong(data.get(LENGTH, at));
        return left < length ? -1 : at + LENGTH.byteSize() + length;
    }

    /** How many there are; -1 when the bytes do not end where one ends. */
    public static long count(MemorySegment data) {
        long count = 0;
        long at = 0;
        while (at >= 0 && at < data.byteSize()) {
            at = end(data, at);
            count++;
        }
        return at < 0 ? -1 : count;
    }

    /**
     * Where the {@code elements} from {@code at} on end.
     *
     * @throws IllegalArgumentException when there are fewer
     */
    public static long skip(MemorySegment data, long at, long elements) {
        long end = at;
        for (long i = 0; i < elements; i++) {
            end = require(data, end);
        }
        return end;
    }

    /**
     * The bytes of the element that begins at {@code at}, where they lie.
     *
     * @throws IllegalArgumentException when {@code data} ends within it
     */
    public static MemorySegment slice(MemorySegment data, long at) {
        long end = require(data, at);
        return data.asSlice(at + LENGTH.byteSize(), end - at - LENGTH.byteSize());
    }

    /**
     * The bytes of all elements, where they lie.
     *
     * @throws IllegalArgumentException when the bytes do not end where one ends
     */
    public static List<MemorySegment> slices(MemorySegment data) {
        List<MemorySegment> elements = new ArrayList<>();
        long at = 0;
        while (at < data.byteSize()) {
            MemorySegment element = slice(data, at);
            elements.add(element);
            at += size(element.byteSize());
        }
        return elements;
    }

    private static long require(MemorySegment data, long at) {
        long end = end(data, at);
        if (end < 0) {
            throw new IllegalArgumentException("a tensor of strings ends within one, at byte " + at);
        }
        return end;
    }

    /** What an element of so many bytes takes, its length included. */
    public static long size(long bytes) {
        return LENGTH.byteSize() + bytes;
    }

    /** Writes one element, and says where it ends. */
    public static long put(MemorySegment to, long at, MemorySegment element) {
        to.set(LENGTH, at, (int) element.byteSize());
        MemorySegment.copy(element, 0, to, at + LENGTH.byteSize(), element.byteSize());
        return at + size(element.byteSize());
    }

    /** Texts as UTF-8. */
    public static MemorySegment of(List<String> texts) {
        return join(texts.stream()
                .map(text -> MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8)))
                .toList());
    }

    /**
     * Elements that are UTF-8.
     *
     * @throws IllegalArgumentException when the bytes do not end where an element ends
     */
    public static List<String> texts(MemorySegment data) {
        return slices(data).stream()
                .map(element -> new String(element.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8))
                .toList();
    }

    /** All of them, one after the other, in memory of their own. */
    public static MemorySegment join(List<MemorySegment> elements) {
        long bytes = elements.stream().mapToLong(each -> size(each.byteSize())).sum();
        MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
        long at = 0;
        for (MemorySegment element : elements) {
            at = put(data, at, element);
        }
        return data;
    }
}
