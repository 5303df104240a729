package dev.foretoken.onnxruntime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/**
 * ONNX Runtime 1.29 keeps a device id and a database of events in the user's cache and sends them to its maker, unless a variable of the
 * environment says otherwise when it starts. Nothing here talks to anybody who was not asked for.
 */
final class OrtTelemetry {

    private static final String SWITCH = "ORT_DISABLE_TELEMETRY";

    private OrtTelemetry() {}

    /** To be called before ONNX Runtime starts: sets the variable for native code of this process, which Java cannot. */
    @SuppressWarnings("restricted") // the signature is that of POSIX
    static void disable() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup()
                .find("setenv")
                .map(setenv -> linker.downcallHandle(
                        setenv,
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT)))
                .ifPresent(setenv -> {
                    try (Arena arena = Arena.ofConfined()) {
                        int status = (int) setenv.invokeExact(arena.allocateFrom(SWITCH), arena.allocateFrom("1"), 1);
                        if (status != 0) {
                            throw new IllegalStateException("setenv " + SWITCH + " failed: " + status);
                        }
                    } catch (RuntimeException | Error e) {
                        throw e;
                    } catch (Throwable e) {
                        throw new IllegalStateException("setenv cannot be called", e);
                    }
                });
    }
}
