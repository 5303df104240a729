package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Parts of a tokenizer.json: objects with a type. */
final class Json {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    static ObjectNode object() {
        return NODES.objectNode();
    }

    static ArrayNode list() {
        return NODES.arrayNode();
    }

    static ObjectNode typed(String type) {
        return object().put("type", type);
    }

    /** Several steps as one. {@code member}: what the list is called. */
    static ObjectNode sequence(String member, List<ObjectNode> steps) {
        ObjectNode sequence = typed("Sequence");
        steps.forEach(sequence.putArray(member)::add);
        return sequence;
    }

    static ObjectNode replace(String from, String to) {
        ObjectNode replace = typed("Replace").put("content", to);
        replace.putObject("pattern").put("String", from);
        return replace;
    }
}
