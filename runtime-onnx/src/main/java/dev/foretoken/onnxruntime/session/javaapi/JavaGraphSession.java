package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.HostMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A graph on the CPU. */
final class JavaGraphSession implements GraphSession {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<GraphPort> inputs;
    private final List<GraphPort> outputs;
    private final Map<String, String> metadata;

    private JavaGraphSession(OrtEnvironment environment, OrtSession session) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs(session.getInputInfo().values());
        this.outputs = outputs(session.getOutputInfo().values());
        this.metadata = Map.copyOf(session.getMetadata().getCustomMetadata());
    }

    /** Takes the session over, also when it throws. */
    static JavaGraphSession over(OrtEnvironment environment, OrtSession session) throws OrtException {
        try {
            return new JavaGraphSession(environment, session);
        } catch (OrtException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static List<GraphPort> inputs(Collection<NodeInfo> nodes) {
        List<GraphPort> ports = new ArrayList<>();
        for (NodeInfo node : nodes) {
            ports.add(port(node)
                    .orElseThrow(() -> new ForetokenException(
                            ErrorCode.MODEL_UNSUPPORTED,
                            "Input %s of the graph is %s, which no request can give: expected a tensor of a type of the Open Inference Protocol"
                                    .formatted(node.getName(), node.getInfo()))));
        }
        return List.copyOf(ports);
    }

    /** Without those that nobody can be given: maps and sequences that classic learners make beside their tensors. */
    private static List<GraphPort> outputs(Collection<NodeInfo> nodes) {
        return nodes.stream().flatMap(node -> port(node).stream()).toList();
    }

    private static Optional<GraphPort> port(NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo info)) {
            return Optional.empty();
        }
        List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
        List<String> names = Arrays.stream(info.getDimensionNames())
                .map(name -> name == null ? "" : name)
                .toList();
        return JavaElements.of(info.onnxType).map(type -> new GraphPort(node.getName(), type, shape, names));
    }

    @Override
    public List<GraphPort> inputs() {
        return inputs;
    }

    @Override
    public List<GraphPort> outputs() {
        return outputs;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return HostMemory.allocate(bytes);
    }

    @Override
    public Binding bind() {
        return new JavaBinding(environment, session, this::outputType);
    }

    /** Tensors are over {@link java.nio.ByteBuffer}s. */
    @Override
    public long mostTensorBytes() {
        return Integer.MAX_VALUE;
    }

    private ElementType outputType(String name) {
        return outputs.stream()
                .filter(port -> port.name().equals(name))
                .map(GraphPort::type)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "The graph has no output %s; it has %s"
                                .formatted(
                                        name,
                                        outputs.stream().map(GraphPort::name).toList())));
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw OrtFailures.ofRun(e);
        }
    }
}
