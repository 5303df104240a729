package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;

/** How a vocabulary spells bytes and spaces; read from the decoder of its tokenizer.json. */
enum PieceForm {
    /** GPT-2 stand-ins for bytes; decoding is nothing but joining bytes. */
    BYTE_LEVEL,
    /** SentencePiece: U+2581 for a space, {@code <0xHH>} for a byte; decoding may drop a leading space. */
    METASPACE,
    /** Anything else (WordPiece and the like): pieces are text. */
    PLAIN;

    static PieceForm of(JsonNode tokenizer) {
        JsonNode decoder = tokenizer.path("decoder");
        if (isByteLevel(decoder)) {
            return BYTE_LEVEL;
        }
        return usesMetaspace(decoder) ? METASPACE : PLAIN;
    }

    private static boolean isByteLevel(JsonNode decoder) {
        JsonNode only = decoder.path("decoders");
        return type(decoder).equals("ByteLevel") || only.size() == 1 && isByteLevel(only.get(0));
    }

    private static boolean usesMetaspace(JsonNode decoder) {
        if (type(decoder).equals("Replace")) {
            return decoder.path("pattern").path("String").asText().equals("\u2581");
        }
        for (JsonNode inner : decoder.path("decoders")) {
            if (usesMetaspace(inner)) {
                return true;
            }
        }
        return type(decoder).equals("Metaspace") || type(decoder).equals("ByteFallback");
    }

    private static String type(JsonNode decoder) {
        return decoder.path("type").asText();
    }
}
