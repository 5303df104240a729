package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What both protocols ask of a call before any of its tensors is read. */
public final class CallCheck {

    private CallCheck() {}

    /** @throws ForetokenException INVALID_REQUEST for none, for too many, and for names that come twice */
    public static void inputs(List<String> names, TensorLimits limits) {
        if (names.isEmpty()) {
            throw ForetokenException.invalid("inputs", "inputs is empty, at least one tensor is needed");
        }
        names("inputs", names, limits);
    }

    /** @throws ForetokenException INVALID_REQUEST for too many, and for names that come twice */
    public static void outputs(List<String> names, TensorLimits limits) {
        names("outputs", names, limits);
    }

    private static void names(String field, List<String> names, TensorLimits limits) {
        if (names.size() > limits.maxTensors()) {
            throw ForetokenException.invalid(
                    field,
                    field + " has " + names.size() + " entries, at most " + limits.maxTensors() + " are allowed");
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw ForetokenException.invalid(field, field + " names '" + shortened(name) + "' twice");
            }
        }
    }

    /** @throws ForetokenException INVALID_REQUEST for a name that is none of the protocol's */
    public static ElementType type(String tensor, String datatype) {
        Optional<ElementType> found = Stream.of(ElementType.values())
                .filter(type -> type.name().equals(datatype))
                .findFirst();
        return found.orElseThrow(() -> TensorMemory.invalid(
                tensor, "has datatype '" + shortened(datatype) + "', must be one of " + List.of(ElementType.values())));
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
