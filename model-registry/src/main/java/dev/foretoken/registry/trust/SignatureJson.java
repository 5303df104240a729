package dev.foretoken.registry.trust;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Quoted;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/** JSON of bundles and statements, read with bounds; every failure is SIGNATURE_REFUSED with a sentence. */
final class SignatureJson {

    /** A bundle for 20,000 files has about 6 MiB. */
    static final int MAX_BYTES = 8 << 20;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(16)
                            .maxNumberLength(32)
                            .maxNameLength(1024)
                            .maxStringLength(MAX_BYTES)
                            .maxTokenCount(1_000_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SignatureJson() {}

    /** {@code what}: begins the message. */
    static JsonNode object(String what, byte[] document) {
        if (document.length > MAX_BYTES) {
            throw refused(what + " has " + document.length + " bytes, at most " + MAX_BYTES + " are read");
        }
        try {
            JsonNode root = JSON.readTree(document);
            if (root == null || !root.isObject()) {
                throw refused(what + " is not a JSON object");
            }
            return root;
        } catch (IOException e) {
            throw refused(what + " is not strict JSON");
        }
    }

    static byte[] bytes(Map<String, Object> tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "a signature cannot be written as JSON", e);
        }
    }

    /** The element at {@code keys}, whatever it is. */
    static JsonNode at(String what, JsonNode from, String... keys) {
        JsonNode node = from;
        for (String key : keys) {
            node = node.path(key);
        }
        if (node.isMissingNode() || node.isNull()) {
            throw refused(what + " has no field \"" + String.join(".", keys) + "\"");
        }
        return node;
    }

    static String text(String what, JsonNode from, String... keys) {
        JsonNode node = at(what, from, keys);
        if (!node.isTextual()) {
            throw refused(what + ": field \"" + String.join(".", keys) + "\" must be text");
        }
        return node.textValue();
    }

    /** Refuses any other text. */
    static void requireText(String what, JsonNode from, String expected, String... keys) {
        String found = text(what, from, keys);
        if (!found.equals(expected)) {
            throw refused("%s: field \"%s\" is %s, expected %s"
                    .formatted(what, String.join(".", keys), Quoted.of(found), expected));
        }
    }

    static void requireOnly(String what, JsonNode object, Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw refused(what + " has a field " + Quoted.of(name) + ", known are " + known);
            }
        });
    }

    /** The one way to write these bytes in base64 is accepted, so that one signature is one text. */
    static byte[] base64(String what, JsonNode from, String... keys) {
        String text = text(what, from, keys);
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for the other ways in which it can be wrong.
        }
        throw refused(what + ": field \"" + String.join(".", keys) + "\" is not canonical base64");
    }

    static ForetokenException refused(String message) {
        return new ForetokenException(ErrorCode.SIGNATURE_REFUSED, message);
    }
}
