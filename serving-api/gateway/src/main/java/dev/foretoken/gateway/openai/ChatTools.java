package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.json.JsonFields;
import java.util.List;
import java.util.Map;

/** Reads {@code tools} and {@code tool_choice}. Tools reach the model through its template; its calls come back as text. */
final class ChatTools {

    private static final int MAX_TOOLS = 128;

    private ChatTools() {}

    static List<Map<String, Object>> read(JsonFields body) {
        List<JsonFields> tools = body.objects("tools");
        if (tools.size() > MAX_TOOLS) {
            throw body.invalid("tools", "has " + tools.size() + " entries, at most " + MAX_TOOLS);
        }
        tools.forEach(ChatTools::check);
        return offers(body)
                ? tools.stream().map(tool -> JsonValues.map(tool.node())).toList()
                : List.of();
    }

    private static void check(JsonFields tool) {
        if (!tool.requiredString("type").equals("function")) {
            throw RefusedFields.refused("tools", "of another type than function");
        }
        JsonFields function =
                tool.object("function").orElseThrow(() -> tool.invalid("function", "is missing, an object is needed"));
        ChatMessages.checkedFunction(function);
        function.string("description");
        function.object("parameters");
    }

    /** Whether the model is told of its tools; forcing a call would need constrained output. */
    private static boolean offers(JsonFields body) {
        JsonNode choice = body.get("tool_choice");
        if (choice == null) {
            return true;
        }
        if (choice.isTextual() && choice.textValue().equals("none")) {
            return false;
        }
        if (choice.isTextual() && choice.textValue().equals("auto")) {
            return true;
        }
        throw RefusedFields.refused("tool_choice", "other than auto or none");
    }
}
