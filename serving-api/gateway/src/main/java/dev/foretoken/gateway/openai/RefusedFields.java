package dev.foretoken.gateway.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonFields;
import java.util.List;

/**
 * Fields that would change the answer and that we do not offer: refused by name, because an ignored wish is a wrong answer. Other unknown
 * fields are ignored, since clients send many.
 */
final class RefusedFields {

    private static final List<String> EVERYWHERE = List.of(
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "structured_outputs",
            "logits_processors",
            "mm_processor_kwargs",
            "truncate_prompt_tokens",
            "allowed_token_ids",
            "bad_words",
            "length_penalty",
            "kv_transfer_params",
            "lora_adapter");
    private static final List<String> COMPLETIONS = List.of("suffix", "prompt_embeds", "prepare_next_turn");
    private static final List<String> CHAT = List.of(
            "functions", "function_call", "audio", "prediction", "web_search_options", "documents", "chat_template");

    private RefusedFields() {}

    static void checkCompletion(JsonFields body) {
        checkCommon(body);
        refuseAll(body, COMPLETIONS);
    }

    static void checkChat(JsonFields body) {
        checkCommon(body);
        refuseAll(body, CHAT);
        JsonNode modalities = body.get("modalities");
        if (modalities != null && !body.strings("modalities").equals(List.of("text"))) {
            throw refused("modalities", "other than [\"text\"]");
        }
        if (body.bool("continue_final_message", false)) {
            throw refused("continue_final_message", "true");
        }
    }

    private static void checkCommon(JsonFields body) {
        refuseAll(body, EVERYWHERE);
        Long bestOf = body.integer("best_of");
        if (bestOf != null && bestOf != 1) {
            throw refused("best_of", "other than 1");
        }
        if (body.bool("use_beam_search", false)) {
            throw refused("use_beam_search", "true");
        }
        if (body.bool("store", false)) {
            throw refused("store", "true");
        }
        JsonFields format = body.object("response_format").orElse(null);
        if (format != null && !format.string("type").orElse("").equals("text")) {
            throw refused("response_format", "of another type than text");
        }
    }

    private static void refuseAll(JsonFields body, List<String> names) {
        for (String name : names) {
            if (body.has(name)) {
                throw refused(name, "");
            }
        }
    }

    static ForetokenException refused(String name, String value) {
        String what = value.isEmpty() ? name : name + " " + value;
        return new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE, what + " is not supported by this server; leave it out")
                .withParam(name);
    }
}
