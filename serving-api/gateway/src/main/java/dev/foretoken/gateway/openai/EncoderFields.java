package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.foretoken.gateway.encode.EncoderInput;
import dev.foretoken.gateway.encode.Truncation;
import dev.foretoken.gateway.json.JsonFields;
import java.util.ArrayList;
import java.util.List;

/** Reads the fields that requests for vectors, scores and classes have in common. */
final class EncoderFields {

    private static final String TRUNCATE = "truncate_prompt_tokens";

    private EncoderFields() {}

    /** A text, token ids, or an array of either; at least one. */
    static List<EncoderInput> inputs(JsonFields body, String field, int most) {
        JsonNode value = body.get(field);
        if (value == null) {
            throw body.invalid(field, "is missing; send text, token ids, or an array of either");
        }
        if (value.isTextual()) {
            return List.of(text(body, field, value.textValue()));
        }
        if (!(value instanceof ArrayNode array)) {
            throw body.wrong(field, "text, token ids, or an array of either", value);
        }
        if (array.isEmpty()) {
            throw body.invalid(field, "is an empty array, at least one input is needed");
        }
        if (array.get(0).isNumber()) {
            return List.of(new EncoderInput.Tokens(body.ints(field, array)));
        }
        checkCount(body, field, array.size(), most);
        return each(body, field, array);
    }

    private static List<EncoderInput> each(JsonFields body, String field, ArrayNode array) {
        List<EncoderInput> out = new ArrayList<>(array.size());
        for (JsonNode element : array) {
            String place = field + "[" + out.size() + "]";
            if (element.isTextual()) {
                out.add(text(body, place, element.textValue()));
            } else if (element instanceof ArrayNode ids && !ids.isEmpty()) {
                out.add(new EncoderInput.Tokens(body.ints(place, ids)));
            } else {
                throw body.wrong(place, "text or token ids", element);
            }
        }
        return out;
    }

    private static EncoderInput text(JsonFields body, String place, String text) {
        if (text.isEmpty()) {
            throw body.invalid(place, "is an empty text");
        }
        return new EncoderInput.Text(text);
    }

    static void checkCount(JsonFields body, String field, int found, int most) {
        if (found > most) {
            throw body.invalid(field, "has " + found + " entries, at most " + most + " are allowed");
        }
    }

    /** As vLLM has it: -1 = what the model takes. Not sent = what is too long is refused. */
    static Truncation truncation(JsonFields body) {
        Long most = body.integer(TRUNCATE);
        if (most == null) {
            return Truncation.REFUSE;
        }
        if (most < Truncation.AS_THE_MODEL || most == 0 || most > Integer.MAX_VALUE) {
            throw body.invalid(TRUNCATE, "must be -1, or how many tokens are left of an input");
        }
        return new Truncation(most.intValue());
    }
}
