package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;

/** ONNX Runtime's function table. Any thread may call it; what the functions work on belongs to one thread at a time. */
final class OrtApi {

    /** {@code ORT_API_VERSION} of the header that {@link OrtFunction} was written from. */
    static final int VERSION = 29;

    private final MethodHandle[] functions = new MethodHandle[OrtFunction.values().length];
    private final AtomicLong held = new AtomicLong();

    /** @param table what {@code GetApi} returned */
    @SuppressWarnings("restricted")
    OrtApi(MemorySegment table) {
        int last = OrtFunction.values()[functions.length - 1].place();
        MemorySegment entries = table.reinterpret((last + 1) * ValueLayout.ADDRESS.byteSize());
        for (OrtFunction function : OrtFunction.values()) {
            MemorySegment entry = entries.getAtIndex(ValueLayout.ADDRESS, function.place());
            functions[function.ordinal()] = ofLongs(Linker.nativeLinker().downcallHandle(entry, function.descriptor()));
        }
    }

    /** Every function takes an array and returns a long, 0 for nothing; numbers of 32 bits are cut from their longs. */
    private static MethodHandle ofLongs(MethodHandle function) {
        int parameters = function.type().parameterCount();
        MethodType longs = MethodType.methodType(long.class, Collections.nCopies(parameters, long.class));
        return MethodHandles.explicitCastArguments(function, longs).asSpreader(long[].class, parameters);
    }

    /** What the function returns; 0 for nothing. */
    long call(OrtFunction function, long... arguments) {
        try {
            return (long) functions[function.ordinal()].invokeExact(arguments);
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw: " + function, e);
        }
    }

    /**
     * Calls what returns a status.
     *
     * @throws dev.foretoken.contract.ForetokenException INVALID_REQUEST, INSUFFICIENT_MEMORY, RUNTIME_FAILED
     */
    void check(OrtFunction function, long... arguments) {
        long status = call(function, arguments);
        if (status != 0) {
            throw taken(status).ofRun();
        }
    }

    /** Reads a status and releases it. */
    OrtStatus taken(long status) {
        int code = (int) call(OrtFunction.GET_ERROR_CODE, status);
        String text = NativeText.read(call(OrtFunction.GET_ERROR_MESSAGE, status));
        call(OrtFunction.RELEASE_STATUS, status);
        return new OrtStatus(code, text);
    }

    /** Calls what writes 64 bits to where its last parameter points, and returns them. */
    long get(OrtFunction function, long... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            long[] all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = out.address();
            check(function, all);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** An object that {@code create} makes and {@code release} frees. */
    OrtObject object(OrtFunction create, OrtFunction release, long... arguments) {
        return owned(get(create, arguments), release);
    }

    OrtObject owned(long address, OrtFunction release) {
        return owned(address, () -> call(release, address));
    }

    OrtObject owned(long address, Runnable release) {
        held.incrementAndGet();
        return new OrtObject(address, () -> {
            release.run();
            held.decrementAndGet();
        });
    }

    /** How many objects were made and not released yet. */
    long held() {
        return held.get();
    }
}
