package dev.foretoken.batch.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What columns hold as JSON. */
final class JobText {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private JobText() {}

    static String metadata(Map<String, String> metadata) {
        return text(new TreeMap<>(metadata));
    }

    static Map<String, String> metadata(String text) {
        return read(text, new TypeReference<Map<String, String>>() {});
    }

    static String flaws(List<Job.Flaw> flaws) {
        return text(flaws);
    }

    static List<Job.Flaw> flaws(String text) {
        return read(text, new TypeReference<List<Job.Flaw>>() {});
    }

    private static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers are always JSON", e);
        }
    }

    private static <T> T read(String text, TypeReference<T> type) {
        try {
            return JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the database holds no JSON where it must", e);
        }
    }
}
