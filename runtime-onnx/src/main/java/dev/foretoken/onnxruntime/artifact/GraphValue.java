package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.onnxruntime.session.GraphPort;

/** An input or output of a graph, as far as its file tells. */
public sealed interface GraphValue {

    String name();

    /** A tensor that callers can give or get. */
    record Port(GraphPort port) implements GraphValue {
        @Override
        public String name() {
            return port.name();
        }
    }

    /** A tensor of which only a session finds out how many dimensions it has. */
    record Unranked(String name) implements GraphValue {}

    /** A sequence, a map, or a tensor of elements that the Open Inference Protocol has no name for. */
    record Other(String name) implements GraphValue {}
}
