package dev.foretoken.helm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of a chart, as {@code values.yaml} documents it.
 *
 * @param path dotted, from the top: {@code gateway.replicas}
 * @param text what the page says of it; empty for a mapping that only groups others
 * @param fallback its default as plain Java; null for an entry's field, which has none
 * @param rules what the schema demands beside the default's type
 * @param children of a mapping whose keys are fixed
 * @param fields of a list's entries, beside those that its rules take from elsewhere
 */
record ChartValue(
        String path,
        String text,
        @Nullable Object fallback,
        SchemaRules rules,
        List<ChartValue> children,
        List<ChartValue> fields) {

    ChartValue {
        children = List.copyOf(children);
        fields = List.copyOf(fields);
    }

    /** The last part of its path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Whether it is a mapping that is documented key by key. */
    boolean isGroup() {
        return !children.isEmpty();
    }
}
