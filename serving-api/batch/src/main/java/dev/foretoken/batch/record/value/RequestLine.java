package dev.foretoken.batch.record.value;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * One line of a batch as OpenAI's files have it: {@code {"custom_id","method":"POST","url","body":{...}}}, with {@code v} and {@code model} beside
 * them where somebody wants to say so. The bytes of the body are kept as they are; that they are JSON is checked, what they ask for is not. Fields
 * that are not known are passed over, so that a newer writer is understood.
 */
public final class RequestLine {

    private static final int MAX_DEPTH = 64;
    private static final int MAX_NUMBER_LENGTH = 64;
    private static final int MAX_NAME_LENGTH = 4096;
    private static final long MAX_TOKENS = 2_000_000;

    private static final String NO_OBJECT = "the value is not one object of JSON in UTF-8";
    private static final String OTHER_ENCODING = "the value is not in UTF-8";

    static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxNameLength(MAX_NAME_LENGTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            .build();

    private enum Field {
        VERSION("v"),
        ID("custom_id"),
        METHOD("method"),
        URL("url"),
        MODEL("model"),
        BODY("body"),
        ;

        private final String text;

        Field(String text) {
            this.text = text;
        }

        static Optional<Field> of(String name) {
            return Arrays.stream(values())
                    .filter(field -> field.text.equals(name))
                    .findFirst();
        }
    }

    private final Map<Field, String> texts = new EnumMap<>(Field.class);
    private byte[] body = {};

    private RequestLine() {}

    /** @throws UnreadableValueException where the line is no request, whatever its body asks for */
    public static RecordValue read(byte[] line) throws UnreadableValueException {
        RequestLine read = new RequestLine();
        try (JsonParser parser = JSON.createParser(line)) {
            read.object(parser, line);
        } catch (StreamConstraintsException e) {
            throw new UnreadableValueException("the value is nested deeper than " + MAX_DEPTH
                    + " levels, has a number of more than "
                    + MAX_NUMBER_LENGTH + " characters, a name of more than " + MAX_NAME_LENGTH + " or more than "
                    + MAX_TOKENS + " values");
        } catch (JsonProcessingException e) {
            throw broken(e.getLocation().getByteOffset(), line.length);
        } catch (IOException e) {
            throw new UnreadableValueException(NO_OBJECT);
        }
        return read.parts();
    }

    /** @param at byte where it cannot be read on; negative = the parser read it in another encoding, and does not know */
    private static UnreadableValueException broken(long at, int length) {
        return new UnreadableValueException(
                at < 0 ? OTHER_ENCODING : NO_OBJECT + ": it cannot be read on at byte " + at + " of " + length);
    }

    private void object(JsonParser parser, byte[] line) throws IOException, UnreadableValueException {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw new UnreadableValueException(
                    "the value is " + Found.kind(first) + ", must be one object of JSON in UTF-8");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            Optional<Field> field = Field.of(parser.currentName());
            JsonToken token = parser.nextToken();
            if (field.isEmpty()) {
                parser.skipChildren();
            } else if (field.get() == Field.BODY) {
                once(Field.BODY, "");
                body = body(parser, token, line);
            } else {
                once(field.get(), text(field.get(), parser, token));
            }
        }
        if (parser.nextToken() != null) {
            throw new UnreadableValueException("the value goes on behind its object: one record holds one request");
        }
    }

    private void once(Field field, String text) throws UnreadableValueException {
        if (texts.put(field, text) != null) {
            throw new UnreadableValueException("the value has the field " + field.text + " twice");
        }
    }

    private static String text(Field field, JsonParser parser, JsonToken token)
            throws IOException, UnreadableValueException {
        boolean number = field == Field.VERSION && token == JsonToken.VALUE_NUMBER_INT;
        if (!number && token != JsonToken.VALUE_STRING) {
            throw new UnreadableValueException(
                    "the field " + field.text + " is " + Found.kind(token) + ", must be a string");
        }
        return parser.getText();
    }

    private static byte[] body(JsonParser parser, JsonToken token, byte[] line)
            throws IOException, UnreadableValueException {
        if (token != JsonToken.START_OBJECT) {
            throw new UnreadableValueException("the field body is " + Found.kind(token) + ", must be an object");
        }
        long from = parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        long to = parser.currentLocation().getByteOffset();
        if (from < 0 || to > line.length) {
            throw new UnreadableValueException(OTHER_ENCODING);
        }
        return Arrays.copyOfRange(line, (int) from, (int) to);
    }

    private RecordValue parts() throws UnreadableValueException {
        String method = texts.getOrDefault(Field.METHOD, "POST");
        if (!method.equals("POST")) {
            throw new UnreadableValueException("the field method is " + Found.text(method) + ", must be POST");
        }
        if (!texts.containsKey(Field.BODY)) {
            throw new UnreadableValueException("the value has no field body");
        }
        return new RecordValue(
                Optional.ofNullable(texts.get(Field.VERSION)),
                Optional.ofNullable(texts.get(Field.ID)),
                Optional.ofNullable(texts.get(Field.URL)),
                Optional.ofNullable(texts.get(Field.MODEL)),
                body);
    }
}
