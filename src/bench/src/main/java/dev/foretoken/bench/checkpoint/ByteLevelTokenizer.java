package dev.foretoken.bench.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * A tokenizer.json without training: one token for each byte, and made-up words that only decode, up to the size of the
 * vocabulary. Text prompts become one token per byte; random token ids decode to readable text.
 */
final class ByteLevelTokenizer {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final String BOS = "<|begin|>";
    static final String EOS = "<|end|>";

    private ByteLevelTokenizer() {}

    static ObjectNode json(CheckpointShape shape) {
        ObjectNode root = JSON.createObjectNode().put("version", "1.0");
        root.putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        added.add(special(shape.bosTokenId(), BOS));
        added.add(special(shape.eosTokenId(), EOS));
        root.putNull("normalizer");
        root.set("pre_tokenizer", byteLevel());
        root.set("post_processor", byteLevel());
        root.set("decoder", byteLevel());
        ObjectNode model = root.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        vocabulary(shape).forEach((id, token) -> vocabulary.put(token, id));
        model.putArray("merges");
        return root;
    }

    /** Token by id: the special ones at their ids, the bytes at the lowest free ids, then words. */
    static Map<Integer, String> vocabulary(CheckpointShape shape) {
        Map<Integer, String> tokens = new TreeMap<>();
        tokens.put(shape.bosTokenId(), BOS);
        tokens.put(shape.eosTokenId(), EOS);
        Deque<String> bytes = alphabet();
        for (int id = 0; id < shape.vocabulary(); id++) {
            if (!tokens.containsKey(id)) {
                tokens.put(id, bytes.isEmpty() ? "\u0120w" + id : bytes.removeFirst());
            }
        }
        if (!bytes.isEmpty()) {
            throw new IllegalArgumentException(
                    "a vocabulary of %d has no room for 256 bytes and 2 special tokens".formatted(shape.vocabulary()));
        }
        return tokens;
    }

    /**
     * The characters that stand for the bytes 0 to 255 in byte-level vocabularies: printable Latin-1 for itself, every
     * other byte, in order, for the characters from U+0100 on.
     */
    private static Deque<String> alphabet() {
        Deque<String> characters = new ArrayDeque<>();
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            characters.addLast(Character.toString(printable ? b : next++));
        }
        return characters;
    }

    private static ObjectNode special(int id, String content) {
        return JSON.createObjectNode()
                .put("id", id)
                .put("content", content)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", true);
    }

    private static ObjectNode byteLevel() {
        return JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", true);
    }
}
