package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tokens with a role: which they are, which end an answer, and how both are written for Hugging Face. */
final class SpecialIds {

    private static final String PREFIX = "tokenizer.ggml.";
    private static final Map<String, String> ROLES = roles();
    private static final List<String> ENDS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    /** Ends of a turn that files often have as control tokens without saying so. */
    private static final Set<String> KNOWN_ENDS = Set.of(
            "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|end_of_text|>", "<|endoftext|>", "<end_of_turn>");

    private final GgufMetadata metadata;
    private final TokenList tokens;

    SpecialIds(GgufMetadata metadata, TokenList tokens) {
        this.metadata = metadata;
        this.tokens = tokens;
    }

    private static Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        roles.put("bos_token_id", "bos_token");
        roles.put("eos_token_id", "eos_token");
        roles.put("unknown_token_id", "unk_token");
        roles.put("padding_token_id", "pad_token");
        roles.put("seperator_token_id", "sep_token"); // as the format spells it
        roles.put("cls_token_id", "cls_token");
        roles.put("mask_token_id", "mask_token");
        return roles;
    }

    /** {@code bos_token} and so on, as tokenizer_config.json has them. */
    void writeRoles(ObjectNode config) {
        ROLES.forEach((key, role) -> tokens.named(metadata, PREFIX + key).ifPresent(text -> config.put(role, text)));
    }

    /** Ids that end a sequence, as generation_config.json has them. */
    void writeEnds(ObjectNode config) {
        Set<Integer> ends = new TreeSet<>();
        for (String key : ENDS) {
            tokens.named(metadata, PREFIX + key)
                    .ifPresent(text -> ends.add(metadata.integer(PREFIX + key, 0, Integer.MAX_VALUE)));
        }
        for (String text : KNOWN_ENDS) {
            Integer id = tokens.ids().get(text);
            if (id != null && tokens.kinds().get(id) == TokenKind.CONTROL) {
                ends.add(id);
            }
        }
        ArrayNode list = config.putArray("eos_token_id");
        ends.forEach(list::add);
    }

    /** Tokens that are found in a text as they are; those of control are special: left out of decoded text on demand. */
    void writeAdded(ArrayNode added) {
        for (int id = 0; id < tokens.size(); id++) {
            TokenKind kind = tokens.kinds().get(id);
            if (kind.isAdded() && !tokens.texts().get(id).isEmpty()) {
                added.addObject()
                        .put("id", id)
                        .put("content", tokens.texts().get(id))
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", kind != TokenKind.USER_DEFINED);
            }
        }
    }

    /** What is put around a plain prompt. */
    void writePromptEnds(ObjectNode tokenizer, boolean beginsWithBos) {
        ObjectNode template = Json.typed("TemplateProcessing");
        ArrayNode single = template.putArray("single");
        template.putArray("pair");
        ObjectNode special = template.putObject("special_tokens");
        if (metadata.flag(PREFIX + "add_bos_token", beginsWithBos)) {
            add(single, special, "bos_token_id");
        }
        sequence(single, "A");
        if (metadata.flag(PREFIX + "add_eos_token", false)) {
            add(single, special, "eos_token_id");
        }
        ArrayNode pair = ((ArrayNode) template.get("pair")).addAll(single.deepCopy());
        sequence(pair, "B");
        if (single.size() > 1) {
            tokenizer.set("post_processor", template);
        }
    }

    private void add(ArrayNode single, ObjectNode special, String key) {
        tokens.named(metadata, PREFIX + key).ifPresent(text -> {
            single.addObject().putObject("SpecialToken").put("id", text).put("type_id", 0);
            ObjectNode entry = special.putObject(text).put("id", text);
            entry.putArray("ids").add(metadata.integer(PREFIX + key, 0, Integer.MAX_VALUE));
            entry.putArray("tokens").add(text);
        });
    }

    private static void sequence(ArrayNode list, String id) {
        list.addObject().putObject("Sequence").put("id", id).put("type_id", 0);
    }
}
