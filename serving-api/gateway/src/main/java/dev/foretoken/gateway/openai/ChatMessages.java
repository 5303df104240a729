package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the messages of a chat into the values a chat template works on. */
final class ChatMessages {

    private static final int MAX_MESSAGES = 4096;
    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,64}");

    private ChatMessages() {}

    static List<Map<String, Object>> read(JsonFields body) {
        List<JsonFields> messages = body.objects("messages");
        if (messages.isEmpty()) {
            throw body.invalid("messages", "is missing or empty, at least one message is needed");
        }
        if (messages.size() > MAX_MESSAGES) {
            throw body.invalid("messages", "has " + messages.size() + " entries, at most " + MAX_MESSAGES);
        }
        return messages.stream().map(ChatMessages::message).toList();
    }

    private static Map<String, Object> message(JsonFields message) {
        String role = message.requiredString("role");
        if (!ROLES.contains(role)) {
            throw message.invalid("role", "must be system, developer, user, assistant or tool");
        }
        Map<String, Object> out = new LinkedHashMap<>();
        // Templates were trained with "system"; "developer" is OpenAI's newer word for the same.
        out.put("role", role.equals("developer") ? "system" : role);
        boolean calls = role.equals("assistant") && message.has("tool_calls");
        if (message.has("content") || !calls) {
            out.put("content", content(message));
        } else {
            out.put("content", "");
        }
        message.string("name").ifPresent(name -> out.put("name", checkedName(message, name)));
        if (calls) {
            out.put("tool_calls", toolCalls(message));
        }
        message.string("reasoning_content").ifPresent(text -> out.put("reasoning_content", text));
        if (role.equals("tool")) {
            message.string("tool_call_id").ifPresent(id -> out.put("tool_call_id", id));
        }
        return out;
    }

    private static String content(JsonFields message) {
        JsonNode content = message.get("content");
        if (content == null) {
            throw message.invalid("content", "is missing, text is needed");
        }
        if (content.isTextual()) {
            return content.textValue();
        }
        List<String> texts = new ArrayList<>();
        for (JsonFields part : message.objects("content")) {
            String type = part.requiredString("type");
            if (!type.equals("text")) {
                throw RefusedFields.refused("content", "of another type than text");
            }
            texts.add(part.requiredString("text"));
        }
        return String.join("\n", texts);
    }

    private static String checkedName(JsonFields message, String name) {
        if (!NAME.matcher(name).matches()) {
            throw badName(message, "name");
        }
        return name;
    }

    private static ForetokenException badName(JsonFields fields, String field) {
        return fields.invalid(field, "must be 1 to 64 letters, digits, '_', '-' or '.'");
    }

    private static List<Object> toolCalls(JsonFields message) {
        List<Object> calls = new ArrayList<>();
        for (JsonFields call : message.objects("tool_calls")) {
            JsonFields function = call.object("function")
                    .orElseThrow(() -> call.invalid("function", "is missing, an object is needed"));
            String name = checkedFunction(function);
            Map<String, Object> out = new LinkedHashMap<>();
            call.string("id").ifPresent(id -> out.put("id", id));
            out.put("type", "function");
            out.put("function", Map.of("name", name, "arguments", arguments(function)));
            calls.add(out);
        }
        return calls;
    }

    /** OpenAI sends arguments as JSON inside a string; templates work on the value. What is not JSON stays text. */
    private static Object arguments(JsonFields function) {
        JsonNode value = function.get("arguments");
        if (value == null) {
            return Map.of();
        }
        return value.isTextual() ? JsonValues.parsedOrText(value.textValue()) : JsonValues.of(value);
    }

    static String checkedFunction(JsonFields function) {
        String name = function.requiredString("name");
        if (!NAME.matcher(name).matches()) {
            throw badName(function, "name");
        }
        return name;
    }
}
