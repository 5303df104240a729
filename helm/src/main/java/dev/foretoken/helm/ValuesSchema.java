package dev.foretoken.helm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what Helm refuses values by: JSON Schema, draft 7. Keys that no comment documents are refused, since they would change nothing. */
final class ValuesSchema {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<ChartValue> values;

    ValuesSchema(List<ChartValue> values) {
        this.values = values;
    }

    ObjectNode write() {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$schema", "http://json-schema.org/draft-07/schema#");
        schema.setAll(closed(values));
        ((ObjectNode) schema.get("properties"))
                .putObject("global")
                .put("description", "Helm's own, for charts of charts.");
        return schema;
    }

    private ObjectNode closed(List<ChartValue> children) {
        ObjectNode object = JSON.createObjectNode().put("type", "object").put("additionalProperties", false);
        ObjectNode properties = object.putObject("properties");
        children.forEach(child -> properties.set(child.name(), of(child)));
        return object;
    }

    private ObjectNode of(ChartValue value) {
        if (value.isGroup()) {
            return closed(value.children());
        }
        ObjectNode schema = JSON.createObjectNode();
        schema.put("description", value.text());
        schema.put("type", type(value.fallback()));
        value.rules().all().forEach((key, text) -> add(schema, key, text));
        if (value.rules().get("itemsLike").isPresent()) {
            schema.set("items", entry(value));
        }
        return schema;
    }

    private void add(ObjectNode schema, String key, String text) {
        switch (key) {
            case "minimum", "maximum", "minLength", "maxLength" -> schema.put(key, Long.parseLong(text));
            case "pattern" -> schema.put(key, text);
            case "not" -> schema.putObject("not").put("pattern", text);
            case "enum" -> words(schema.putArray("enum"), text);
            case "items" -> schema.putObject("items").put("type", text);
            case "keys" -> schema.putObject("propertyNames").put("pattern", text);
            case "values" -> words(schema.putObject("additionalProperties").putArray("type"), text);
            case "itemsLike", "itemsRequired" -> {} // with the fields
            default -> throw new IllegalArgumentException(key);
        }
    }

    private static void words(ArrayNode array, String text) {
        for (String word : text.split(",")) {
            array.add(word);
        }
    }

    /** An entry of a list: fields of its own, and those of the value that holds their defaults. */
    private ObjectNode entry(ChartValue list) {
        String like = list.rules().get("itemsLike").orElseThrow();
        ChartValue defaults = values.stream()
                .filter(value -> value.path().equals(like))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(list.path() + ": there is no value " + like));
        ObjectNode entry = closed(defaults.children());
        ObjectNode properties = (ObjectNode) entry.get("properties");
        list.fields().forEach(field -> properties.set(field.name(), of(field)));
        ArrayNode required = entry.putArray("required");
        list.rules().words("itemsRequired").forEach(required::add);
        return entry;
    }

    private static String type(@Nullable Object fallback) {
        return switch (fallback) {
            case null -> "string"; // an entry's own field
            case String text -> "string";
            case Boolean flag -> "boolean";
            case Integer number -> "integer";
            case List<?> list -> "array";
            case Map<?, ?> map -> "object";
            default -> throw new IllegalArgumentException("no type for " + fallback.getClass());
        };
    }
}
