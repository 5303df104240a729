package dev.foretoken.gateway.tensor.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.json.JsonFields;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field {@code parameters} of requests, inputs and outputs as plain values. */
final class ParameterJson {

    static final String FIELD = "parameters";

    private ParameterJson() {}

    /** Numbers, truth values and strings; null values count as not sent. */
    static Map<String, Object> read(JsonFields owner) {
        Map<String, Object> out = new HashMap<>();
        owner.object(FIELD)
                .ifPresent(fields -> fields.node().properties().forEach(field -> {
                    Object value = value(field.getValue());
                    if (value != null) {
                        out.put(field.getKey(), value);
                    }
                }));
        return out;
    }

    /** Lists and objects are none of the protocol's. */
    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case BOOLEAN -> node.booleanValue();
            case STRING -> node.textValue();
            case NUMBER -> number(node);
            case ARRAY, OBJECT, NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static Object number(JsonNode node) {
        if (!node.isIntegralNumber()) {
            return node.doubleValue();
        }
        return node.canConvertToLong() ? (Object) node.longValue() : node.bigIntegerValue();
    }
}
