package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The items a loop visits. Its condition is asked only when an item is needed, because the body may change what the
 * condition reads.
 */
final class LoopItems {
    private final List<Value> source;
    private final Predicate<Value> condition;
    private final List<Value> kept = new ArrayList<>();
    private int read;

    LoopItems(List<Value> source, Predicate<Value> condition) {
        this.source = source;
        this.condition = condition;
    }

    /** Whether there is an item at this position; reads no further than needed to know. */
    boolean has(int position) {
        while (kept.size() <= position && read < source.size()) {
            Value item = source.get(read++);
            if (condition.test(item)) {
                kept.add(item);
            }
        }
        return position >= 0 && position < kept.size();
    }

    Value get(int position) {
        return kept.get(position);
    }

    /** Reads everything. */
    int size() {
        has(Integer.MAX_VALUE);
        return kept.size();
    }
}
