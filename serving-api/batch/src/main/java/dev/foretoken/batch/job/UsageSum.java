package dev.foretoken.batch.job;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.foretoken.batch.store.Job;
import java.io.IOException;

/** Adds up what answers say that they used: {@code response.body.usage} of their lines. For one thread. */
final class UsageSum {

    private static final System.Logger LOG = System.getLogger(UsageSum.class.getName());
    private static final JsonFactory JSON = new JsonFactory();

    private long input;
    private long cached;
    private long output;
    private long reasoning;

    Job.Usage sum() {
        return new Job.Usage(input, cached, output, reasoning);
    }

    /** A line that says nothing of it, or cannot be read, adds nothing. */
    void add(byte[] line) {
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            if (entered(json, "response") && entered(json, "body") && entered(json, "usage")) {
                add(json);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "an answer of a batch does not say what it used", e);
        }
    }

    /** Goes into a field of the object that it stands at the beginning of. */
    private static boolean entered(JsonParser json, String field) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals(field)) {
                return value == JsonToken.START_OBJECT;
            }
            json.skipChildren();
        }
        return false;
    }

    private void add(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "prompt_tokens" -> input += json.getValueAsLong();
                case "completion_tokens" -> output += json.getValueAsLong();
                case "prompt_tokens_details" -> cached += detail(json, value, "cached_tokens");
                case "completion_tokens_details" -> reasoning += detail(json, value, "reasoning_tokens");
                default -> json.skipChildren();
            }
        }
    }

    private static long detail(JsonParser json, JsonToken value, String field) throws IOException {
        long found = 0;
        while (value == JsonToken.START_OBJECT && json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals(field)) {
                found = json.getValueAsLong();
            }
            json.skipChildren();
        }
        return found;
    }
}
