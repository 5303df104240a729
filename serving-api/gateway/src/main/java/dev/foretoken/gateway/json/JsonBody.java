package dev.foretoken.gateway.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;

/**
 * Reads a request body: strict JSON (no NaN, comments, duplicate keys or trailing text), bounded in depth, number length and token count so
 * that no body of allowed size costs much more memory than its size suggests.
 */
public final class JsonBody {

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_LENGTH = 64;
    private static final int MAX_NAME_LENGTH = 4096;
    private static final long MAX_TOKENS = 2_000_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .maxNameLength(MAX_NAME_LENGTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonBody() {}

    /** @throws ForetokenException INVALID_REQUEST saying what is wrong and where, PAYLOAD_TOO_LARGE for too many values */
    public static JsonFields parse(byte[] body) {
        if (body.length == 0) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "the body is empty, a JSON object is needed");
        }
        JsonNode root = tree(body);
        if (!(root instanceof ObjectNode object)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "the body is " + JsonFields.kind(root) + ", a JSON object is needed");
        }
        return new JsonFields(object, "");
    }

    private static JsonNode tree(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (StreamConstraintsException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "the body is nested deeper than " + MAX_DEPTH + " levels, has a number of more than "
                            + MAX_NUMBER_LENGTH + " characters or more than " + MAX_TOKENS + " values");
        } catch (JsonProcessingException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "the body is not valid JSON" + place(e) + ": " + reason(e));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "the body cannot be read as UTF-8 JSON");
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    /** The parser's first sentence, cut before anything that names its classes. */
    private static String reason(JsonProcessingException e) {
        String first = e.getOriginalMessage().lines().findFirst().orElse("");
        int end = first.indexOf("(for ");
        String sentence = end < 0 ? first : first.substring(0, end);
        return sentence.contains("com.fasterxml") ? "text after the end of the object" : shortened(sentence.strip());
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
