package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a graph has outside and of what it is made, read without loading it.
 *
 * @param inputs without those that only name an initial value
 * @param operators of its nodes and of those of graphs inside, by name
 */
public record GraphHeader(List<GraphValue> inputs, List<GraphValue> outputs, Set<String> operators) {

    public GraphHeader {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        operators = Set.copyOf(operators);
    }

    List<String> inputNames() {
        return inputs.stream().map(GraphValue::name).toList();
    }

    List<String> outputNames() {
        return outputs.stream().map(GraphValue::name).toList();
    }

    /** Those of a session; empty where one of them is known to nobody but the session. */
    public Optional<List<GraphPort>> inputPorts() {
        return inputs.stream().anyMatch(GraphValue.Other.class::isInstance) ? Optional.empty() : ports(inputs);
    }

    /** Those of a session, which leaves out what nobody can be given; empty where one of them is known to nobody but the session. */
    public Optional<List<GraphPort>> outputPorts() {
        return ports(outputs);
    }

    private static Optional<List<GraphPort>> ports(List<GraphValue> values) {
        List<GraphPort> ports = new ArrayList<>();
        for (GraphValue value : values) {
            switch (value) {
                case GraphValue.Port(GraphPort port) -> ports.add(port);
                case GraphValue.Unranked unranked -> {
                    return Optional.empty();
                }
                case GraphValue.Other other -> {}
            }
        }
        return Optional.of(List.copyOf(ports));
    }
}
