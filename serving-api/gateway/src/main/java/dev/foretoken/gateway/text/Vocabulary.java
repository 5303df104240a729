package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The pieces of a tokenizer.json by id, and the bytes each one stands for. Immutable. */
final class Vocabulary {
    private static final char METASPACE = '\u2581';
    private static final byte[] NOTHING = {};

    private final @Nullable String[] pieces;
    private final Map<String, Integer> added;
    private final BitSet addedIds;
    private final BitSet special;
    private final PieceForm form;

    private Vocabulary(
            @Nullable String[] pieces, Map<String, Integer> added, BitSet addedIds, BitSet special, PieceForm form) {
        this.pieces = pieces;
        this.added = added;
        this.addedIds = addedIds;
        this.special = special;
        this.form = form;
    }

    /** @param tokenizer the parsed tokenizer.json */
    static Vocabulary read(JsonNode tokenizer) {
        List<@Nullable String> pieces = new ArrayList<>();
        JsonNode vocab = tokenizer.path("model").path("vocab");
        if (vocab.isArray()) {
            vocab.forEach(entry -> pieces.add(entry.path(0).asText()));
        } else if (vocab.isObject()) {
            vocab.properties().forEach(entry -> put(pieces, entry.getValue().asInt(-1), entry.getKey()));
        } else {
            throw CheckpointJson.invalid("tokenizer.json has no model.vocab; expected an object or a list of pieces");
        }
        Map<String, Integer> added = new HashMap<>();
        BitSet addedIds = new BitSet();
        BitSet special = new BitSet();
        for (JsonNode token : tokenizer.path("added_tokens")) {
            int id = token.path("id").asInt(-1);
            String content = token.path("content").asText();
            put(pieces, id, content);
            added.put(content, id);
            addedIds.set(id);
            special.set(id, token.path("special").asBoolean());
        }
        return new Vocabulary(
                pieces.toArray(new @Nullable String[0]), added, addedIds, special, PieceForm.of(tokenizer));
    }

    private static void put(List<@Nullable String> pieces, int id, String piece) {
        if (id < 0 || id > 1 << 24) {
            throw CheckpointJson.invalid("tokenizer.json gives the piece '" + piece + "' the id " + id
                    + ", expected one in [0, " + (1 << 24) + "]");
        }
        while (pieces.size() <= id) {
            pieces.add(null);
        }
        pieces.set(id, piece);
    }

    /** One more than the largest id, added tokens included. */
    int size() {
        return pieces.length;
    }

    boolean isSpecial(int id) {
        return special.get(id);
    }

    PieceForm form() {
        return form;
    }

    /** The piece as the file spells it; empty for an id between the pieces or past them (models pad their vocabulary). */
    String piece(int id) {
        String piece = id < pieces.length ? pieces[id] : null;
        return piece == null ? "" : piece;
    }

    /** Id of an added token by its content. */
    OptionalInt addedToken(String content) {
        Integer id = added.get(content);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The bytes the piece adds to a text; not a copy to be changed. */
    byte[] bytes(int id) {
        String piece = piece(id);
        if (piece.isEmpty()) {
            return NOTHING;
        }
        if (form == PieceForm.BYTE_LEVEL) {
            return ByteAlphabet.bytes(piece);
        }
        if (form == PieceForm.METASPACE && !addedIds.get(id)) {
            int value = fallbackByte(piece);
            return value >= 0 ? new byte[] {(byte) value} : utf8(piece.replace(METASPACE, ' '));
        }
        return utf8(piece);
    }

    /** The byte a SentencePiece fallback piece such as {@code <0x0A>} names, or -1. */
    private static int fallbackByte(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
