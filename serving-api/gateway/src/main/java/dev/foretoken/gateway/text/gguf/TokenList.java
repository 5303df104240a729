package dev.foretoken.gateway.text.gguf;

import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tokens of a GGUF file by id.
 *
 * @param ids of each token by its text; of a text that is there twice the last one, as ggml does it
 */
record TokenList(List<String> texts, List<TokenKind> kinds, Map<String, Integer> ids) {

    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final int MAX_TOKENS = 1 << 24;

    TokenList {
        texts = List.copyOf(texts);
        kinds = List.copyOf(kinds);
    }

    static TokenList read(GgufMetadata metadata) {
        List<String> texts = metadata.texts(TOKENS);
        if (texts.isEmpty() || texts.size() > MAX_TOKENS) {
            throw metadata.unsupported(TOKENS, texts.size() + " entries", "1 to " + MAX_TOKENS + " entries");
        }
        List<TokenKind> kinds = kinds(metadata, texts.size());
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < texts.size(); id++) {
            if (kinds.get(id) != TokenKind.UNUSED) {
                ids.put(texts.get(id), id);
            }
        }
        return new TokenList(texts, kinds, ids);
    }

    private static List<TokenKind> kinds(GgufMetadata metadata, int tokens) {
        double[] numbers = metadata.numbers(TYPES);
        if (numbers.length != 0 && numbers.length != tokens) {
            throw metadata.unsupported(TYPES, numbers.length + " entries", "one per token, " + tokens + " entries");
        }
        TokenKind[] known = TokenKind.values();
        List<TokenKind> kinds = new ArrayList<>();
        for (int id = 0; id < tokens; id++) {
            double number = numbers.length == 0 ? TokenKind.NORMAL.ordinal() : numbers[id];
            if (!(number >= 0 && number < known.length)) {
                throw metadata.unsupported(TYPES, "the entry " + number, "0 to " + (known.length - 1));
            }
            kinds.add(known[(int) number]);
        }
        return kinds;
    }

    int size() {
        return texts.size();
    }

    /** The text of the token whose id a key gives, where it gives one. */
    Optional<String> named(GgufMetadata metadata, String key) {
        if (!metadata.has(key)) {
            return Optional.empty();
        }
        int id = metadata.integer(key, 0, Integer.MAX_VALUE);
        if (id >= size()) {
            throw metadata.unsupported(key, Integer.toString(id), "an id below " + size());
        }
        return Optional.of(texts.get(id));
    }
}
