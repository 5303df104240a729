package dev.foretoken.onnxruntime.session;

import java.util.List;
import java.util.Map;

/** A loaded graph. Several threads may bind and run at once, each by a binding of its own; one thread makes all other calls. */
public interface GraphSession extends AutoCloseable {

    List<GraphPort> inputs();

    List<GraphPort> outputs();

    /** What whoever exported the graph wrote into it. */
    Map<String, String> metadata();

    /** Memory on the session's device, all zeros, aligned to 64 bytes; it may outlive no session. */
    DeviceMemory allocate(long bytes);

    /** Nothing is bound at first. */
    Binding bind();

    /** Most bytes of a tensor over memory that is bound. */
    default long mostTensorBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    void close();
}
