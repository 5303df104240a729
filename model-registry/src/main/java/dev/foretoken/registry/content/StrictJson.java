package dev.foretoken.registry.content;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * JSON as manifests use it: read strictly (UTF-8, no duplicate keys, no trailing text, bounded in size, depth and tokens), written without
 * white space in the order given.
 */
final class StrictJson {

    /** Largest document in bytes. */
    static final int MAX_BYTES = 4 << 20;

    private static final int MAX_DEPTH = 16;
    private static final long MAX_TOKENS = 1_000_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(32)
                            .maxNameLength(1024)
                            .maxStringLength(1 << 16)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * The object in {@code document}; {@code what} begins every message.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    static StrictFields parse(String what, byte[] document) {
        if (document.length > MAX_BYTES) {
            throw corrupt(what, "has " + document.length + " bytes, at most " + MAX_BYTES + " are read");
        }
        JsonNode root = tree(what, utf8(what, document));
        if (!(root instanceof ObjectNode object)) {
            throw corrupt(what, "is not a JSON object");
        }
        return new StrictFields(what, object);
    }

    /** Runs {@code building}; values that records refuse become damage of the document. */
    static <T> T checked(String what, Supplier<T> building) {
        try {
            return building.get();
        } catch (ForetokenException e) {
            throw e.code() == ErrorCode.CONFIG_INVALID ? corrupt(what, "cannot be used: " + e.getMessage()) : e;
        }
    }

    /** Maps, lists and values as UTF-8 JSON, in their own order, without white space. */
    static byte[] bytes(Object tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "this cannot be written as JSON", e);
        }
    }

    static ForetokenException corrupt(String what, String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, what + " " + message);
    }

    private static String utf8(String what, byte[] document) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(document))
                    .toString();
        } catch (CharacterCodingException e) {
            throw corrupt(what, "is not UTF-8");
        }
    }

    private static JsonNode tree(String what, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            int column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
            throw corrupt(what, "is not strict JSON at line " + line + ", column " + column + ": " + reason(e));
        }
    }

    /** The parser's first sentence, cut before anything that names its classes. */
    private static String reason(JsonProcessingException e) {
        String first = e.getOriginalMessage().lines().findFirst().orElse("");
        int end = first.indexOf("(for ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.contains("com.fasterxml") ? "text after the end of the object" : Quoted.of(sentence.strip());
    }
}
