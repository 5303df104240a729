package dev.foretoken.registry.gguf.export;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys and values in the order in which they were put. For one thread. */
final class MetadataPairs {

    private final Map<String, MetaValue> values = new LinkedHashMap<>();

    MetadataPairs put(String key, int value) {
        values.put(key, new MetaValue.Whole(value));
        return this;
    }

    MetadataPairs put(String key, double value) {
        values.put(key, new MetaValue.Real((float) value));
        return this;
    }

    MetadataPairs put(String key, boolean value) {
        values.put(key, new MetaValue.Flag(value));
        return this;
    }

    MetadataPairs put(String key, String value) {
        values.put(key, new MetaValue.Text(value));
        return this;
    }

    MetadataPairs texts(String key, List<String> list) {
        values.put(key, new MetaValue.Texts(list));
        return this;
    }

    MetadataPairs wholes(String key, List<Integer> list) {
        values.put(key, new MetaValue.Wholes(list));
        return this;
    }

    MetadataPairs reals(String key, List<Float> list) {
        values.put(key, new MetaValue.Reals(list));
        return this;
    }

    Map<String, MetaValue> values() {
        return values;
    }
}
