package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Memory that ONNX Runtime points to: views of it, and text in it. */
final class NativeText {

    private NativeText() {}

    /** A view of {@code bytes} bytes, for as long as whoever owns them keeps them. */
    @SuppressWarnings("restricted")
    static MemorySegment view(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** UTF-8 up to a zero. */
    static String read(long address) {
        return address == 0 ? "" : view(address, Long.MAX_VALUE).getString(0);
    }

    static long write(Arena arena, String text) {
        return arena.allocateFrom(text, StandardCharsets.UTF_8).address();
    }

    static long write(Arena arena, long[] numbers) {
        return numbers.length == 0
                ? arena.allocate(ValueLayout.JAVA_LONG).address()
                : arena.allocateFrom(ValueLayout.JAVA_LONG, numbers).address();
    }

    /** An array of pointers to texts. */
    static long writeAll(Arena arena, List<String> texts) {
        return write(arena, texts.stream().mapToLong(text -> write(arena, text)).toArray());
    }
}
