package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks what a caller gives before anything runs. */
final class GivenTensors {

    private final Map<String, GraphPort> expected = new LinkedHashMap<>();

    GivenTensors(List<GraphPort> expected) {
        expected.forEach(port -> this.expected.put(port.name(), port));
    }

    /** @throws ForetokenException INVALID_REQUEST naming the tensor, what was expected and what was given */
    Map<String, Tensor> check(List<Tensor> tensors) {
        Map<String, Tensor> given = new LinkedHashMap<>();
        Map<String, Long> sizes = new HashMap<>();
        for (Tensor tensor : tensors) {
            GraphPort port = expected.get(tensor.name());
            if (port == null) {
                throw refused(tensor.name(), "is no input of this model, which takes " + expected.keySet());
            }
            if (given.put(tensor.name(), tensor) != null) {
                throw refused(tensor.name(), "is given twice");
            }
            check(port, tensor, sizes);
        }
        for (String name : expected.keySet()) {
            if (!given.containsKey(name)) {
                throw refused(name, "is missing; expected " + text(expected.get(name)));
            }
        }
        return given;
    }

    private static void check(GraphPort port, Tensor tensor, Map<String, Long> sizes) {
        if (tensor.type() != port.type()
                || tensor.shape().size() != port.shape().size()) {
            throw mismatch(port, tensor, "");
        }
        for (int i = 0; i < port.shape().size(); i++) {
            long size = tensor.shape().get(i);
            long fixed = port.shape().get(i);
            if (size < 0 || (fixed >= 0 && fixed != size)) {
                throw mismatch(port, tensor, "");
            }
            String name = port.dimensions().get(i);
            Long before = name.isEmpty() ? null : sizes.putIfAbsent(name, size);
            if (before != null && before != size) {
                throw mismatch(port, tensor, ": " + name + " is " + before + " in another input");
            }
        }
        Optional<String> misfit = TensorSize.misfit(tensor);
        if (misfit.isPresent()) {
            throw refused(port.name(), misfit.get());
        }
    }

    private static ForetokenException mismatch(GraphPort port, Tensor tensor, String more) {
        return refused(
                port.name(), "is %s %s, expected %s%s".formatted(tensor.type(), tensor.shape(), text(port), more));
    }

    private static ForetokenException refused(String name, String message) {
        return ForetokenException.invalid(name, "Tensor " + name + " " + message);
    }

    /** {@code FP32 [batch, 4]}. */
    private static String text(GraphPort port) {
        StringBuilder dimensions = new StringBuilder();
        for (int i = 0; i < port.shape().size(); i++) {
            String name = port.dimensions().get(i);
            dimensions
                    .append(i == 0 ? "" : ", ")
                    .append(
                            port.shape().get(i) < 0 && !name.isEmpty()
                                    ? name
                                    : port.shape().get(i));
        }
        return port.type() + " [" + dimensions + "]";
    }

    /** Sizes of named dimensions of tensors that were checked, by their shapes. */
    static Map<String, Long> sizes(Map<String, GraphPort> ports, Map<String, List<Long>> shapes) {
        Map<String, Long> sizes = new HashMap<>();
        shapes.forEach((name, shape) -> {
            List<String> names = ports.get(name).dimensions();
            for (int i = 0; i < names.size(); i++) {
                if (!names.get(i).isEmpty()) {
                    sizes.putIfAbsent(names.get(i), shape.get(i));
                }
            }
        });
        return sizes;
    }

    static Map<String, List<Long>> shapes(List<Tensor> tensors) {
        return tensors.stream().collect(Collectors.toMap(Tensor::name, Tensor::shape));
    }

    static Map<String, GraphPort> byName(List<GraphPort> ports) {
        return ports.stream().collect(Collectors.toMap(GraphPort::name, port -> port, (a, b) -> a, LinkedHashMap::new));
    }
}
