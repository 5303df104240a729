package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finds the library that the Java interface unpacked and loaded: a second copy would have thread pools, allocators and providers of its own.
 * The class loader that loaded it knows its symbols; under another one the dynamic linker knows the library by its name.
 */
final class OrtLibrary {

    private static final String NAME = "libonnxruntime.so.1";

    private OrtLibrary() {}

    /** The function table; a failure is a sentence. */
    static Optional<OrtApi> load(Consumer<String> reason) {
        Optional<MemorySegment> entry = SymbolLookup.loaderLookup()
                .find("OrtGetApiBase")
                .or(() -> library(NAME).flatMap(library -> library.find("OrtGetApiBase")));
        if (entry.isEmpty()) {
            reason.accept("ONNX Runtime's library is not loaded in this process: open its Java environment first");
            return Optional.empty();
        }
        MemorySegment table = table(entry.get());
        if (table.address() == 0) {
            reason.accept("ONNX Runtime's library is older than its C API %d, which this was written for"
                    .formatted(OrtApi.VERSION));
            return Optional.empty();
        }
        return Optional.of(new OrtApi(table));
    }

    /** A library that is loaded already or lies where the system looks. */
    @SuppressWarnings("restricted")
    static Optional<SymbolLookup> library(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** {@code OrtGetApiBase} returns a pair of functions; the first is {@code GetApi}. */
    @SuppressWarnings("restricted")
    private static MemorySegment table(MemorySegment entry) {
        Linker linker = Linker.nativeLinker();
        MethodHandle base = linker.downcallHandle(entry, FunctionDescriptor.of(ValueLayout.ADDRESS));
        try {
            MemorySegment pair = ((MemorySegment) base.invokeExact()).reinterpret(2 * ValueLayout.ADDRESS.byteSize());
            MethodHandle table = linker.downcallHandle(
                    pair.get(ValueLayout.ADDRESS, 0), FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            return (MemorySegment) table.invokeExact(OrtApi.VERSION);
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw", e);
        }
    }
}
