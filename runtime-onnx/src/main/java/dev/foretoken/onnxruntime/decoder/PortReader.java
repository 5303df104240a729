package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds out what each input and output of a decoder is for, by names, types and shapes. */
final class PortReader {

    private static final Set<ElementType> INDICES = Set.of(ElementType.INT64, ElementType.INT32);
    private static final Set<ElementType> NUMBERS = Set.of(ElementType.FP32, ElementType.FP16, ElementType.BF16);
    private static final List<String> KEEP = List.of("num_logits_to_keep", "logits_to_keep");
    private static final int TOKEN_AXIS = 2;

    private final PortNames names;
    private final Map<String, GraphPort> inputs;
    private final Map<String, GraphPort> outputs;

    private PortReader(List<GraphPort> inputs, List<GraphPort> outputs, PortNames names) {
        this.names = names;
        this.inputs = byName(inputs);
        this.outputs = byName(outputs);
    }

    private static Map<String, GraphPort> byName(List<GraphPort> ports) {
        return ports.stream().collect(Collectors.toMap(GraphPort::name, port -> port, (a, b) -> a, LinkedHashMap::new));
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED naming the inputs that are not known */
    static DecoderPorts read(List<GraphPort> inputs, List<GraphPort> outputs, PortNames names) {
        return new PortReader(inputs, outputs, names).ports();
    }

    private DecoderPorts ports() {
        GraphPort ids = take("input_ids", INDICES, 2).orElseThrow(() -> unsupported("it takes no input_ids"));
        Optional<GraphPort> mask = take("attention_mask", INDICES, 2);
        Optional<GraphPort> positions = take("position_ids", INDICES, 2);
        Optional<GraphPort> places = take("cache_position", INDICES, 1);
        Optional<GraphPort> keep =
                KEEP.stream().flatMap(role -> take(role, INDICES, -1).stream()).findFirst();
        List<CachePort> caches = new ArrayList<>();
        for (GraphPort input : List.copyOf(inputs.values())) {
            names.output(input.name(), outputs.keySet()).ifPresent(output -> {
                caches.add(cache(input, require(outputs.get(output), output)));
                inputs.remove(input.name());
            });
        }
        if (!inputs.isEmpty()) {
            throw unsupported("it takes " + String.join(", ", inputs.keySet())
                    + ", which nobody gives: known are input_ids, attention_mask, position_ids, cache_position, num_logits_to_keep and"
                    + " caches whose past_... has a present_...");
        }
        if (caches.isEmpty()) {
            throw unsupported(
                    "it has no caches, so every token would compute all before it again; export it with past inputs");
        }
        CacheForms.require(ids, caches);
        mask.ifPresent(port -> CacheForms.requireMask(ids, port, caches));
        return new DecoderPorts(ids, mask, positions, places, keep, logits(), caches);
    }

    private static GraphPort require(@Nullable GraphPort port, String name) {
        if (port == null) {
            throw unsupported("it has no output " + name);
        }
        return port;
    }

    private Optional<GraphPort> take(String role, Set<ElementType> types, int rank) {
        GraphPort port = inputs.remove(names.of(role));
        if (port != null) {
            requireForm(port, types, rank);
        }
        return Optional.ofNullable(port);
    }

    private static void requireForm(GraphPort port, Set<ElementType> types, int rank) {
        if (!types.contains(port.type()) || (rank >= 0 && port.shape().size() != rank)) {
            throw unsupported("%s is %s %s, expected %s of rank %d"
                    .formatted(port.name(), port.type(), port.shape(), types, rank));
        }
    }

    private GraphPort logits() {
        String name = names.of("logits");
        GraphPort port = require(outputs.get(name), name);
        requireForm(port, NUMBERS, 3);
        if (port.shape().getLast() < 1) {
            throw unsupported(name + " has a vocabulary of unknown size: " + port.dimensions());
        }
        if (port.shape().getLast() > Integer.MAX_VALUE) {
            throw unsupported(
                    "%s is %s: a vocabulary has %d tokens at most".formatted(name, port.shape(), Integer.MAX_VALUE));
        }
        return port;
    }

    private static CachePort cache(GraphPort input, GraphPort output) {
        requireForm(input, NUMBERS, -1);
        CacheForms.requireAgreement(input, output);
        List<Long> shape = input.shape();
        int axis = -1;
        for (int i = 1; i < shape.size(); i++) {
            if (shape.get(i) < 0 && axis >= 0) {
                throw unsupported(
                        "%s has two dimensions of unknown size: %s".formatted(input.name(), input.dimensions()));
            }
            axis = shape.get(i) < 0 ? i : axis;
        }
        if (axis < 0 && shape.size() == 4 && isKeyOrValue(input.name())) {
            axis = TOKEN_AXIS;
        }
        CachePort cache = new CachePort(input.name(), output.name(), input.type(), shape, axis);
        CacheForms.requireSizes(cache);
        return cache;
    }

    private static boolean isKeyOrValue(String name) {
        String kind = name.replaceFirst("[._]?\\d+$", "");
        return kind.endsWith("key") || kind.endsWith("value");
    }

    static ForetokenException unsupported(String what) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED, "The graph cannot be served as a language model: " + what);
    }
}
