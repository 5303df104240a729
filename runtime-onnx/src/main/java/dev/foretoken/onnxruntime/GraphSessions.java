package dev.foretoken.onnxruntime;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionFactory;
import dev.foretoken.onnxruntime.session.SessionOptions;
import dev.foretoken.onnxruntime.session.capi.CApiSessionFactory;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how a graph is reached: on CPUs by ONNX Runtime's Java interface, and by its C interface on other devices and for inputs of types that
 * the Java interface cannot take as they are.
 */
final class GraphSessions implements SessionFactory {

    private static final Set<ElementType> BEYOND_JAVA =
            Set.of(ElementType.UINT16, ElementType.UINT32, ElementType.UINT64, ElementType.BYTES);

    private final SessionFactory java;
    private final Supplier<CApiSessionFactory> start;
    private @Nullable CApiSessionFactory started;

    /** @param start called at most once, when the C interface is needed first */
    GraphSessions(SessionFactory java, Supplier<CApiSessionFactory> start) {
        this.java = java;
        this.start = start;
    }

    Availability availability(DeviceSpec device) {
        return switch (device.kind()) {
            case CPU -> new Availability.Present();
            case CUDA -> capi().availability(device);
        };
    }

    @Override
    public GraphSession open(Path model, DeviceSpec device, SessionOptions options) {
        return switch (device.kind()) {
            case CUDA -> capi().open(model, device, options);
            case CPU -> {
                GraphSession session = java.open(model, device, options);
                if (session.inputs().stream().map(GraphPort::type).noneMatch(BEYOND_JAVA::contains)) {
                    yield session;
                }
                session.close();
                yield capi().open(model, device, options);
            }
        };
    }

    private synchronized CApiSessionFactory capi() {
        CApiSessionFactory there = started;
        if (there == null) {
            there = start.get();
            started = there;
        }
        return there;
    }
}
