package dev.foretoken.nativeruntime.kernels.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** One set of workers and its scratch memory. One caller at a time. */
public final class NativeContext implements AutoCloseable {
    private final NativeLibrary library;
    private final Arena arena = Arena.ofShared();
    private final ArgumentBlock block = new ArgumentBlock(arena);
    private long context;

    NativeContext(NativeLibrary library, long context) {
        this.library = library;
        this.context = context;
    }

    /** The one argument block, cleared. */
    public ArgumentBlock block() {
        return block.clear();
    }

    /** Calls {@code function} with the block as filled. */
    public void call(NativeFunction function) {
        if (context == 0) {
            throw new IllegalStateException("kernels are closed");
        }
        MethodHandle handle = library.function(function);
        try {
            handle.invokeExact(context, block.address());
        } catch (Throwable e) {
            throw new AssertionError("a native kernel cannot throw", e);
        }
    }

    /**
     * Zeroed memory at the start of a huge page, on huge pages where the system has them, until {@code arena} is closed. It takes no room
     * before it is touched.
     *
     * @throws OutOfMemoryError where the system refuses
     */
    public MemorySegment map(long bytes, Arena arena) {
        return library.map(bytes, arena)
                .orElseThrow(() -> new OutOfMemoryError("the system has no room for %d bytes".formatted(bytes)));
    }

    /** Binds the calling thread to the first CPU, where there is one, until {@link #leave} on the same thread. */
    public void enter() {
        pass(library.enter());
    }

    public void leave() {
        pass(library.leave());
    }

    /** Calls a function of the context alone. */
    private void pass(MethodHandle handle) {
        if (context == 0) {
            throw new IllegalStateException("kernels are closed");
        }
        try {
            handle.invokeExact(context);
        } catch (Throwable e) {
            throw new AssertionError("a native function cannot throw", e);
        }
    }

    @Override
    public void close() {
        if (context != 0) {
            pass(library.close());
            context = 0;
            arena.close();
        }
    }

    interface NativeCall {
        long run() throws Throwable;
    }

    static long guard(NativeCall call) {
        try {
            return call.run();
        } catch (Throwable e) {
            throw new AssertionError("a native function cannot throw", e);
        }
    }
}
