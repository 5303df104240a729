package dev.foretoken.nativeruntime.kernels.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.foretoken.contract.runtime.CpuList;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The loaded C library: what it supports, and contexts that run its kernels. */
public final class NativeLibrary {
    /** {@code FT_VERSION} of the sources this was written against. */
    private static final int VERSION = 16;

    private final MethodHandle open;
    private final MethodHandle close;
    private final MethodHandle enter;
    private final MethodHandle leave;
    private final MethodHandle map;
    private final MethodHandle unmap;
    private final int isaSupported;
    private final Map<NativeFunction, MethodHandle> functions;

    /** The only place that may link native code: a second one would not compile. */
    @SuppressWarnings("restricted")
    private NativeLibrary(Path file) throws Throwable {
        SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
        Linker linker = Linker.nativeLinker();
        MethodHandle version =
                linker.downcallHandle(symbols.findOrThrow("ft_version"), FunctionDescriptor.of(JAVA_INT));
        if ((int) version.invokeExact() != VERSION) {
            throw new LinkageError("the library has version " + (int) version.invokeExact() + ", expected " + VERSION);
        }
        MethodHandle supported =
                linker.downcallHandle(symbols.findOrThrow("ft_isa_supported"), FunctionDescriptor.of(JAVA_INT));
        isaSupported = (int) supported.invokeExact();
        open = linker.downcallHandle(
                symbols.findOrThrow("ft_open"), FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));
        FunctionDescriptor one = FunctionDescriptor.ofVoid(JAVA_LONG);
        close = linker.downcallHandle(symbols.findOrThrow("ft_close"), one);
        enter = linker.downcallHandle(symbols.findOrThrow("ft_enter"), one);
        leave = linker.downcallHandle(symbols.findOrThrow("ft_leave"), one);
        FunctionDescriptor two = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG);
        map = linker.downcallHandle(symbols.findOrThrow("ft_map"), FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
        unmap = linker.downcallHandle(symbols.findOrThrow("ft_unmap"), two);
        functions = new EnumMap<>(NativeFunction.class);
        for (NativeFunction function : NativeFunction.values()) {
            functions.put(function, linker.downcallHandle(symbols.findOrThrow(function.symbol()), two));
        }
    }

    /** Loads a verified library file; a failure is a sentence. */
    static Optional<NativeLibrary> load(Path file, java.util.function.Consumer<String> reason) {
        try {
            return Optional.of(new NativeLibrary(file));
        } catch (Throwable e) {
            reason.accept("the native library cannot be loaded: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether this CPU and operating system run {@code isa}. */
    public boolean supports(Isa isa) {
        return (isaSupported & isa.bit()) != 0;
    }

    /** Starts threads - 1 workers, bound to the CPUs but the first; empty when one cannot be started or bound. */
    public Optional<NativeContext> open(Isa isa, int threads, CpuList cpus) {
        long context;
        try (Arena arena = Arena.ofConfined()) {
            int[] numbers = cpus.cpus().stream().mapToInt(Integer::intValue).toArray();
            long list = cpus.isAny() ? 0 : arena.allocateFrom(JAVA_INT, numbers).address();
            context = NativeContext.guard(() -> (long) open.invokeExact(isa.bit(), threads, list));
        }
        return context == 0 ? Optional.empty() : Optional.of(new NativeContext(this, context));
    }

    MethodHandle function(NativeFunction function) {
        MethodHandle handle = functions.get(function);
        if (handle == null) {
            throw new AssertionError(function);
        }
        return handle;
    }

    MethodHandle close() {
        return close;
    }

    MethodHandle enter() {
        return enter;
    }

    MethodHandle leave() {
        return leave;
    }

    /** Zeroed memory at the start of a huge page, until {@code arena} is closed; empty where there is none. */
    @SuppressWarnings("restricted")
    Optional<MemorySegment> map(long bytes, Arena arena) {
        long start = NativeContext.guard(() -> (long) map.invokeExact(bytes));
        return start == 0
                ? Optional.empty()
                : Optional.of(MemorySegment.ofAddress(start).reinterpret(bytes, arena, memory -> unmap(start, bytes)));
    }

    private void unmap(long start, long bytes) {
        NativeContext.guard(() -> {
            unmap.invokeExact(start, bytes);
            return 0;
        });
    }
}
