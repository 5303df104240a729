package dev.foretoken.gateway.encode;

import java.util.List;

/**
 * What an encoder made.
 *
 * @param rows one of each input, in their order
 * @param labels names of a row's numbers; empty = they have none
 * @param tokens of all inputs, as they were computed
 */
public record EncodedRows(List<float[]> rows, List<String> labels, long tokens) {
    public EncodedRows {
        rows = List.copyOf(rows);
        labels = List.copyOf(labels);
    }
}
