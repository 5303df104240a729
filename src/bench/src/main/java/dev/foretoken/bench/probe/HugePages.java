package dev.foretoken.bench.probe;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory on 2 MiB pages, as weights lie, so that the probe does not measure page walks instead; on 4 KiB pages where there are none. */
final class HugePages {
    private static final long PAGE = 2L << 20;
    /** {@code MADV_HUGEPAGE} of Linux. */
    private static final int ADVICE = 14;

    private HugePages() {}

    static MemorySegment allocate(Arena arena, long bytes) {
        MemorySegment memory = arena.allocate(bytes, PAGE);
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("madvise").ifPresent(symbol -> advise(linker, symbol, memory));
        return memory;
    }

    @SuppressWarnings("restricted")
    private static void advise(Linker linker, MemorySegment symbol, MemorySegment memory) {
        MethodHandle madvise = linker.downcallHandle(
                symbol,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        try {
            // A refusal leaves small pages: slower, not wrong.
            int ignored = (int) madvise.invokeExact(memory, memory.byteSize(), ADVICE);
        } catch (Throwable impossible) {
            throw new IllegalStateException("madvise could not be called", impossible);
        }
    }
}
