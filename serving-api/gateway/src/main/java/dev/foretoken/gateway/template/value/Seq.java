package dev.foretoken.gateway.template.value;

import java.util.List;

/** Several values in order. */
public record Seq(List<Value> items, Kind kind) implements Value {
    /** What Python would call it; decides equality, truth, printing and indexing. */
    public enum Kind {
        LIST,
        TUPLE,
        /** A pair of {@code groupby}, which also has the attributes {@code grouper} and {@code list}. */
        GROUP,
        /** The numbers of {@code range}; prints as the call. */
        RANGE,
        /** Keys, values or items of a dict: no indexing. */
        KEYS,
        VALUES,
        ITEMS,
        /** What {@code map}, {@code select} and others give: always true, no length, no indexing. */
        GENERATOR;

        public boolean isView() {
            return this == KEYS || this == VALUES || this == ITEMS;
        }

        /** Whether positions and slices exist. */
        public boolean isIndexed() {
            return this == LIST || this == RANGE || isTuple();
        }

        public boolean isTuple() {
            return this == TUPLE || this == GROUP;
        }
    }

    public static Seq list(List<Value> items) {
        return new Seq(items, Kind.LIST);
    }

    public static Seq tuple(Value... items) {
        return new Seq(List.of(items), Kind.TUPLE);
    }

    public static Seq generator(List<Value> items) {
        return new Seq(items, Kind.GENERATOR);
    }
}
