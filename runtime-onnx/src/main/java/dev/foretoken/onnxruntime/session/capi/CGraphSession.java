package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A graph on the device it was loaded for. */
final class CGraphSession implements GraphSession {

    private final OrtRuntime runtime;
    private final OrtObject session;
    private final OrtObject runOptions;
    private final SessionDevice device;
    private final GraphDescription graph;
    private final NativePortNames inputs;
    private final NativePortNames outputs;
    private final Arena names = Arena.ofShared();
    private final Set<CBinding> bindings = ConcurrentHashMap.newKeySet();

    private CGraphSession(
            OrtRuntime runtime, OrtObject session, SessionDevice device, OrtObject runOptions, GraphDescription graph) {
        this.runtime = runtime;
        this.session = session;
        this.device = device;
        this.runOptions = runOptions;
        this.graph = graph;
        inputs = NativePortNames.of("input", graph.inputs(), names);
        outputs = NativePortNames.of("output", graph.outputs(), names);
    }

    /** Takes the session over when it returns. */
    static CGraphSession over(OrtRuntime runtime, OrtObject session, SessionDevice device) {
        GraphDescription graph = GraphDescription.read(runtime.api(), session.address(), runtime.allocator());
        OrtObject runOptions = runtime.api().object(OrtFunction.CREATE_RUN_OPTIONS, OrtFunction.RELEASE_RUN_OPTIONS);
        return new CGraphSession(runtime, session, device, runOptions, graph);
    }

    @Override
    public List<GraphPort> inputs() {
        return graph.inputs();
    }

    @Override
    public List<GraphPort> outputs() {
        return graph.outputs();
    }

    @Override
    public Map<String, String> metadata() {
        return graph.metadata();
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return device.allocate(bytes);
    }

    @Override
    public Binding bind() {
        CBinding binding = new CBinding(this);
        bindings.add(binding);
        return binding;
    }

    void closed(CBinding binding) {
        bindings.remove(binding);
    }

    OrtRuntime runtime() {
        return runtime;
    }

    long address() {
        return session.address();
    }

    long runOptions() {
        return runOptions.address();
    }

    SessionDevice device() {
        return device;
    }

    NativePortNames inputNames() {
        return inputs;
    }

    NativePortNames outputNames() {
        return outputs;
    }

    /** Ends its bindings too: ONNX Runtime would read what is gone. */
    @Override
    public void close() {
        if (names.scope().isAlive()) {
            List.copyOf(bindings).forEach(CBinding::close);
            runOptions.close();
            device.close();
            session.close();
            names.close();
        }
    }
}
