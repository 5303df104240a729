package dev.foretoken.nativeruntime.predict;

import java.util.List;

/**
 * How wide the rows of keys, or of values, are: all heads side by side.
 *
 * @param base of every layer of the base that owns K and V
 * @param auxiliary of every layer of the auxiliary that owns K and V
 */
record RowWidths(List<Integer> base, List<Integer> auxiliary) {

    RowWidths {
        base = List.copyOf(base);
        auxiliary = List.copyOf(auxiliary);
    }
}
