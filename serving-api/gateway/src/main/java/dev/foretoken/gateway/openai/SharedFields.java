package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.json.JsonFields;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields that completions and chat have in common. Types are checked here, ranges by the answer planner. */
final class SharedFields {

    private SharedFields() {}

    static SamplingSpec sampling(JsonFields body) {
        return new SamplingSpec(
                body.number("temperature"),
                body.number("top_p"),
                body.integer("top_k"),
                body.number("min_p"),
                new SamplingSpec.PenaltySpec(
                        body.number("presence_penalty"),
                        body.number("frequency_penalty"),
                        body.number("repetition_penalty")),
                logitBias(body),
                body.integer("seed"));
    }

    private static Map<Integer, Double> logitBias(JsonFields body) {
        JsonFields bias = body.object("logit_bias").orElse(null);
        Map<Integer, Double> out = new HashMap<>();
        for (String key : bias == null ? Set.<String>of() : bias.names()) {
            Double value = bias.number(key);
            if (value != null && out.put(tokenId(body, key), value) != null) {
                throw body.invalid("logit_bias", "names token id " + Integer.parseInt(key) + " twice");
            }
        }
        return out;
    }

    private static int tokenId(JsonFields body, String key) {
        try {
            return Integer.parseInt(key);
        } catch (NumberFormatException e) {
            throw body.invalid("logit_bias", "must have token ids as keys, found a key that is not an integer");
        }
    }

    static StopSpec stop(JsonFields body, @Nullable Long maxTokens, String maxTokensField, @Nullable Integer fallback) {
        return new StopSpec(
                maxTokens,
                maxTokensField,
                fallback,
                body.integer("min_tokens"),
                body.strings("stop"),
                body.bool("include_stop_str_in_output", false),
                new StopSpec.StopTokens(TokenIds.of(body.ints("stop_token_ids")), body.bool("ignore_eos", false)));
    }

    static ServiceSpec service(JsonFields body, ServiceHeaders headers) {
        String salt = body.string("cache_salt").orElse("");
        if (salt.length() > 256) {
            throw body.invalid("cache_salt", "has " + salt.length() + " characters, at most 256 are allowed");
        }
        return new ServiceSpec(priority(body, headers.priority()), headers.timeout(), salt);
    }

    /** A class by name, or a number as vLLM has it: lower is earlier, 0 is normal. */
    private static Priority priority(JsonFields body, @Nullable Priority header) {
        JsonNode value = body.get("priority");
        if (value == null) {
            return header == null ? Priority.NORMAL : header;
        }
        if (value.isTextual()) {
            return Priority.find(value.textValue())
                    .orElseThrow(() -> body.invalid(
                            "priority",
                            "must be an integer or one of interactive, high, standard, normal, low, batch"));
        }
        Long number = body.integer("priority");
        int sign = number == null ? 0 : Long.signum(number);
        return sign < 0 ? Priority.HIGH : sign == 0 ? Priority.NORMAL : Priority.LOW;
    }
}
