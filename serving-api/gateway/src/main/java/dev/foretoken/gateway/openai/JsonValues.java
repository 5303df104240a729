package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain Java values, for templates: String, Boolean, Long, Double, List, Map (in the order sent), null. */
final class JsonValues {

    private JsonValues() {}

    static @Nullable Object of(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> number(node);
            case ARRAY -> list(node);
            case OBJECT -> map(node);
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static Object number(JsonNode node) {
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        return node.doubleValue();
    }

    private static List<@Nullable Object> list(JsonNode node) {
        List<@Nullable Object> out = new ArrayList<>(node.size());
        node.forEach(element -> out.add(of(element)));
        return out;
    }

    static Map<String, @Nullable Object> map(JsonNode node) {
        Map<String, @Nullable Object> out = new LinkedHashMap<>();
        node.properties().forEach(field -> out.put(field.getKey(), of(field.getValue())));
        return out;
    }

    /** The object a text holds as JSON, or the text itself. */
    static Object parsedOrText(String text) {
        try {
            return map(JsonBody.parse(text.getBytes(StandardCharsets.UTF_8)).node());
        } catch (ForetokenException e) {
            return text;
        }
    }
}
