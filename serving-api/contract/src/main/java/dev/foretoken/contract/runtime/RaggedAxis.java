package dev.foretoken.contract.runtime;

import java.util.Map;
import java.util.Set;

/**
 * Along which axis requests that run together may differ in length: the shorter ones are padded at its end.
 *
 * @param axis never the batch axis
 * @param most the longest that the graph takes; 0 = any
 * @param padding by name of each input that has the axis: what its elements beyond the end are. Integer and boolean inputs take the number as it
 *     is, floating-point ones its value.
 *     Empty = nothing can be padded, and only requests of equal lengths run together
 * @param trimmed names of the outputs that have the axis: what lies beyond a request's end is cut off
 */
public record RaggedAxis(int axis, long most, Map<String, Long> padding, Set<String> trimmed) {
    public RaggedAxis {
        padding = Map.copyOf(padding);
        trimmed = Set.copyOf(trimmed);
    }
}
