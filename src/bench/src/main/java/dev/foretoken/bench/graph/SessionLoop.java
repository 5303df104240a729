package dev.foretoken.bench.graph;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/** A session of this project: everything is bound at every run, as a runtime does that was given another request. */
final class SessionLoop implements GraphLoop {

    private final String name;
    private final Binding binding;
    private final List<Feed> inputs;
    private final List<Feed> outputs = new ArrayList<>();

    /** Of a session that stays open for as long as this is. Outputs are written into memory of ours, as large as the first run's. */
    SessionLoop(String name, GraphSession session, List<Feed> inputs, Arena arena) {
        this.name = name;
        this.inputs = inputs;
        this.binding = session.bind();
        try {
            session.outputs().forEach(port -> binding.output(port.name()));
            run();
            place(session.outputs(), arena);
        } catch (RuntimeException e) {
            binding.close();
            throw e;
        }
    }

    private void place(List<GraphPort> ports, Arena arena) {
        for (GraphPort port : ports) {
            Tensor first = binding.result(port.name());
            if (port.type() != ElementType.BYTES) {
                long[] shape = first.shape().stream().mapToLong(Long::longValue).toArray();
                outputs.add(new Feed(
                        port.name(),
                        port.type(),
                        shape,
                        arena.allocate(first.data().byteSize(), 64)));
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        for (Feed input : inputs) {
            binding.input(input.name(), input.type(), input.shape(), input.data());
        }
        for (Feed output : outputs) {
            binding.output(output.name(), output.type(), output.shape(), output.data());
        }
        binding.run();
    }

    @Override
    public void close() {
        binding.close();
    }
}
