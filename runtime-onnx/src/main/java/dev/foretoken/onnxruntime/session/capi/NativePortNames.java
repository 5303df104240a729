package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The inputs, or outputs, of a graph by their names, which are C strings for the other side. */
record NativePortNames(String kind, Map<String, NamedPort> ports) {

    static NativePortNames of(String kind, List<GraphPort> ports, Arena arena) {
        Map<String, NamedPort> named = new LinkedHashMap<>();
        ports.forEach(port -> named.put(port.name(), new NamedPort(NativeText.write(arena, port.name()), port.type())));
        return new NativePortNames(kind, named);
    }

    /** @throws ForetokenException INVALID_REQUEST for a name that the graph does not have */
    long name(String name) {
        return port(name).address();
    }

    /** @throws ForetokenException INVALID_REQUEST for a name or type that the graph does not have */
    long name(String name, ElementType type) {
        NamedPort port = port(name);
        if (port.type() != type) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "The graph's %s %s is of type %s, not %s".formatted(kind, name, port.type(), type));
        }
        return port.address();
    }

    ElementType type(String name) {
        return port(name).type();
    }

    private NamedPort port(String name) {
        NamedPort port = ports.get(name);
        if (port == null) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "The graph has no %s %s; it has %s".formatted(kind, name, ports.keySet()));
        }
        return port;
    }

    private record NamedPort(long address, ElementType type) {}
}
