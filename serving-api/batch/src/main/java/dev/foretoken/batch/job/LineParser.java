package dev.foretoken.batch.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.foretoken.batch.BatchEndpoint;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a line of a file: {@code {"custom_id","method":"POST","url","body":{...}}}. Of the body it looks at what is checked before a job
 * begins, and makes no tree of it; whoever runs the request reads it strictly. For one thread.
 */
final class LineParser {

    private static final int LONGEST_ID = 512;
    private static final int LONGEST_MODEL = 256;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(64)
                    .maxNameLength(4096)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private @Nullable String customId;
    private @Nullable String method;
    private @Nullable String url;
    private @Nullable String model;
    private byte @Nullable [] body;
    private boolean streams;

    private LineParser() {}

    static RequestLine parse(byte[] line) throws FlawedLine {
        try (JsonParser json = JSON.createParser(line)) {
            LineParser parser = new LineParser();
            parser.read(json, line);
            return parser.request();
        } catch (JsonProcessingException e) {
            throw new FlawedLine("invalid_json_line", "This line is not parseable as valid JSON.", null);
        } catch (IOException e) {
            throw new FlawedLine("invalid_json_line", "This line cannot be read as JSON in UTF-8.", null);
        }
    }

    private void read(JsonParser json, byte[] line) throws IOException, FlawedLine {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new FlawedLine("invalid_json_line", "This line is not a JSON object.", null);
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "custom_id" -> customId = text(json, name);
                case "method" -> method = text(json, name);
                case "url" -> url = text(json, name);
                case "body" -> body = body(json, line);
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw new FlawedLine("invalid_json_line", "This line has text after the end of its object.", null);
        }
    }

    private static String text(JsonParser json, String name) throws IOException, FlawedLine {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new FlawedLine("invalid_type", "The field " + name + " must be a string.", name);
        }
        return json.getText();
    }

    private byte[] body(JsonParser json, byte[] line) throws IOException, FlawedLine {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new FlawedLine("invalid_type", "The field body must be an object.", "body");
        }
        long start = json.currentTokenLocation().getByteOffset();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "model" -> model = text(json, "body.model");
                case "stream" -> streams = value != JsonToken.VALUE_FALSE && value != JsonToken.VALUE_NULL;
                default -> json.skipChildren();
            }
        }
        long end = json.currentLocation().getByteOffset();
        if (start < 0 || end > line.length) {
            throw new FlawedLine("invalid_json_line", "This line is not in UTF-8.", null);
        }
        return Arrays.copyOfRange(line, (int) start, (int) end);
    }

    private RequestLine request() throws FlawedLine {
        String id = required(customId, "custom_id");
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            throw new FlawedLine(
                    "invalid_custom_id", "The custom_id must have 1 to " + LONGEST_ID + " characters.", "custom_id");
        }
        if (!required(method, "method").equals("POST")) {
            throw new FlawedLine("invalid_method", "The method must be POST.", "method");
        }
        BatchEndpoint endpoint = BatchEndpoint.of(required(url, "url"))
                .orElseThrow(() -> new FlawedLine("invalid_url", "The url is none that batches can ask.", "url"));
        byte[] sent = body;
        if (sent == null) {
            throw missing("body");
        }
        if (streams) {
            throw new FlawedLine(
                    "unsupported_parameter", "Requests of a batch are not streamed: leave stream out.", "body.stream");
        }
        return new RequestLine(id, endpoint, checkedModel(), sent);
    }

    private String checkedModel() throws FlawedLine {
        String name = required(model, "body.model");
        if (name.isEmpty() || name.length() > LONGEST_MODEL || name.chars().anyMatch(character -> character < ' ')) {
            throw new FlawedLine("invalid_model", "The model must be a name of a model.", "body.model");
        }
        return name;
    }

    private static String required(@Nullable String value, String name) throws FlawedLine {
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private static FlawedLine missing(String name) {
        return new FlawedLine("missing_required_parameter", "The field " + name + " is missing.", name);
    }
}
