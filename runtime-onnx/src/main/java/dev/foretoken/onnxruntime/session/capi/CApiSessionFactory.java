package dev.foretoken.onnxruntime.session.capi;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.SessionThreads;
import dev.foretoken.onnxruntime.session.javaapi.OrtNatives;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Loads graphs on the CPU and on CUDA devices. Its sessions end before it does. */
public final class CApiSessionFactory implements SessionFactory, AutoCloseable {

    private final OrtRuntime runtime;
    private final int usableCores;
    private final boolean hasCuda;
    private @Nullable CudaMachine machine;

    /**
     * @param environment whose library is used: it stays open for as long as this is
     * @param usableCores threads of a device that names none
     * @throws ForetokenException CONFIG_INVALID when the library is not one that this was written for
     */
    public CApiSessionFactory(OrtEnvironment environment, int usableCores) {
        StringBuilder reason = new StringBuilder();
        OrtApi api = OrtLibrary.load(reason::append)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "ONNX Runtime %s has no C API to use: %s".formatted(environment.getVersion(), reason)));
        this.runtime = new OrtRuntime(api);
        this.usableCores = usableCores;
        this.hasCuda = runtime.providers().contains("CUDAExecutionProvider");
    }

    /** Whether graphs can be loaded there, as far as that can be told without loading one. */
    public Availability availability(DeviceSpec device) {
        return switch (device.kind()) {
            case CPU -> new Availability.Present();
            case CUDA -> cuda(device.index());
        };
    }

    /** The driver is started when somebody asks for a GPU, never for models on the CPU. */
    private synchronized Availability cuda(int index) {
        if (!hasCuda) {
            return new Availability.Missing(
                    "this build's ONNX Runtime computes on CPUs only; build with the Maven profile cuda,"
                            + " which takes onnxruntime_gpu instead of onnxruntime");
        }
        CudaMachine there = machine;
        if (there == null) {
            there = CudaMachine.look();
            machine = there;
        }
        return there.device(index);
    }

    @Override
    public GraphSession open(Path model, DeviceSpec device, SessionOptions options) {
        if (availability(device) instanceof Availability.Missing(String reason)) {
            throw unavailable(device, reason, null);
        }
        try (SessionSettings settings =
                new SessionSettings(runtime.api(), SessionThreads.of(device, usableCores), options)) {
            return switch (device.kind()) {
                case CPU -> {
                    settings.useCpu();
                    yield open(model, settings, session -> new HostDevice(runtime.hostMemory()));
                }
                case CUDA -> {
                    CudaRuntime gpu = use(device, settings);
                    yield open(model, settings, session -> CudaDevice.of(runtime.api(), gpu, session.address()));
                }
            };
        }
    }

    /** The provider's library comes out of the jar the first time that somebody asks the Java interface for its options. */
    private static CudaRuntime use(DeviceSpec device, SessionSettings settings) {
        try {
            String folder = System.getProperty(OrtNatives.PATH);
            if (folder != null) {
                new ProviderLibraries(OrtEnvironment.class::getResource).unpack(OrtNatives.platform(), Path.of(folder));
            }
            new OrtCUDAProviderOptions(device.index()).close();
            settings.useCuda(device.index());
            return CudaRuntime.find(device.index())
                    .orElseThrow(() -> unavailable(device, "CUDA's runtime library is gone", null));
        } catch (IOException | OrtException | ForetokenException e) {
            throw unavailable(device, String.valueOf(e.getMessage()), e);
        }
    }

    private static ForetokenException unavailable(DeviceSpec device, String reason, @Nullable Exception cause) {
        String message = "Device %s %d cannot be used: %s".formatted(device.kind(), device.index(), reason);
        return cause == null
                ? new ForetokenException(ErrorCode.CONFIG_INVALID, message)
                : new ForetokenException(ErrorCode.CONFIG_INVALID, message, cause);
    }

    private OrtObject load(Path model, SessionSettings settings) {
        OrtApi api = runtime.api();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            long path = NativeText.write(arena, model.toString());
            long status = api.call(
                    OrtFunction.CREATE_SESSION, runtime.environment(), path, settings.address(), out.address());
            if (status != 0) {
                throw api.taken(status).ofLoad(model);
            }
            return api.owned(out.get(ValueLayout.JAVA_LONG, 0), OrtFunction.RELEASE_SESSION);
        }
    }

    OrtRuntime runtime() {
        return runtime;
    }

    /** @param device where the session that was loaded computes */
    GraphSession open(Path model, SessionSettings settings, Function<OrtObject, SessionDevice> device) {
        OrtObject session = load(model, settings);
        try {
            SessionDevice on = device.apply(session);
            try {
                return CGraphSession.over(runtime, session, on);
            } catch (RuntimeException e) {
                on.close();
                throw e;
            }
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** How many objects of ONNX Runtime's are held: none but its own when every session is closed. */
    long held() {
        return runtime.api().held();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
