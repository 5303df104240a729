package dev.foretoken.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Compares values with the schemas of an OpenAPI document: the keywords that our document uses, and a failure for any other. */
record SchemaCheck(JsonNode document) {

    private static final List<String> KNOWN = List.of(
            "$ref",
            "oneOf",
            "enum",
            "type",
            "required",
            "properties",
            "additionalProperties",
            "maxProperties",
            "items",
            "pattern",
            "format",
            "description");

    /** What is wrong with {@code value}, each with its place; empty when nothing is. */
    List<String> problems(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "$", problems);
        return problems;
    }

    private void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
        schema.fieldNames().forEachRemaining(keyword -> {
            if (!KNOWN.contains(keyword)) {
                problems.add("unknown keyword " + keyword);
            }
        });
        if (schema.has("$ref")) {
            check(document.at(schema.path("$ref").asText().substring(1)), value, at, problems);
        } else if (schema.has("oneOf")) {
            boolean fits = StreamSupport.stream(schema.path("oneOf").spliterator(), false)
                    .anyMatch(each -> problems(each, value).isEmpty());
            if (!fits) {
                problems.add(at + " fits none of " + schema);
            }
        } else if (schema.has("enum")) {
            if (StreamSupport.stream(schema.path("enum").spliterator(), false).noneMatch(value::equals)) {
                problems.add(at + " is " + value + ", none of " + schema.path("enum"));
            }
        } else if (!fitsType(schema.path("type"), value)) {
            problems.add(at + " is " + value + ", not " + schema.path("type"));
        } else {
            checkObject(schema, value, at, problems);
            value.forEach(element -> {
                if (value.isArray()) {
                    check(schema.path("items"), element, at + "[]", problems);
                }
            });
            if (schema.has("pattern")
                    && !value.asText().matches(schema.path("pattern").asText())) {
                problems.add(at + " is " + value + ", unlike " + schema.path("pattern"));
            }
        }
    }

    private void checkObject(JsonNode schema, JsonNode value, String at, List<String> problems) {
        if (!value.isObject()) {
            return;
        }
        schema.path("required").forEach(name -> {
            if (!value.has(name.asText())) {
                problems.add(at + " lacks " + name);
            }
        });
        value.properties().forEach(field -> {
            JsonNode known = schema.path("properties").path(field.getKey());
            JsonNode others = schema.path("additionalProperties");
            String place = at + "." + field.getKey();
            if (!known.isMissingNode()) {
                check(known, field.getValue(), place, problems);
            } else if (others.isObject()) {
                check(others, field.getValue(), place, problems);
            } else if (others.isBoolean()) {
                problems.add(place + " is not documented");
            }
        });
    }

    private static boolean fitsType(JsonNode type, JsonNode value) {
        if (type.isArray()) {
            return StreamSupport.stream(type.spliterator(), false).anyMatch(each -> fitsType(each, value));
        }
        return switch (type.asText()) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "" -> true;
            default -> false;
        };
    }
}
