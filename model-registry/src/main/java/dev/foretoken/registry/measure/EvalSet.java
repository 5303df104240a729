package dev.foretoken.registry.measure;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.content.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * An evaluation set as read from {@code questions.jsonl} and {@code texts.jsonl} of one folder, or both as {@code *.gz}. A question needs its
 * {@code prompt} and {@code answer}, a text its {@code text}; the rest describes them.
 */
public record EvalSet(List<Question> questions, List<HeldOutText> texts) {
    private static final int IDENTITY_BYTES = 8;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectNode DEFAULTS = JSON.createObjectNode()
            .put("hops", 1)
            .put("passage_tokens", 0)
            .put("kind", "plain")
            .put("nats", 0);

    /** Reads a folder. */
    public static EvalSet read(Path folder) throws IOException {
        return new EvalSet(
                lines(folder, "questions.jsonl", Question.class), lines(folder, "texts.jsonl", HeldOutText.class));
    }

    /** Equal where questions and texts are: 16 hexadecimal digits of a SHA-256. */
    public String identity() {
        MessageDigest sha256 = Digest.hasher();
        for (Question question : questions) {
            add(sha256, question.prompt());
            add(sha256, question.answer());
        }
        for (HeldOutText text : texts) {
            add(sha256, text.text());
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, IDENTITY_BYTES);
    }

    private static void add(MessageDigest sha256, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        sha256.update(bytes);
    }

    /** At most {@code limit} questions and as many texts, spread evenly over the set so that every kind stays. */
    public EvalSet limitedTo(int limit) {
        return limitedTo(limit, limit);
    }

    /** As {@link #limitedTo(int)} with a limit for each. */
    public EvalSet limitedTo(int mostQuestions, int mostTexts) {
        return new EvalSet(spread(questions, mostQuestions), spread(texts, mostTexts));
    }

    private static <T> List<T> spread(List<T> all, int limit) {
        if (limit >= all.size()) {
            return all;
        }
        List<T> some = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            some.add(all.get((int) ((long) i * all.size() / limit)));
        }
        return some;
    }

    private static <T> List<T> lines(Path folder, String name, Class<T> type) throws IOException {
        Path packed = folder.resolve(name + ".gz");
        Path file = Files.exists(packed) ? packed : folder.resolve(name);
        List<T> rows = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(opened(file), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                rows.add(JSON.treeToValue(complete(JSON.readTree(line)), type));
            }
        } catch (NoSuchFileException e) {
            throw new IOException(
                    "no evaluation set: " + file
                            + " is not there; expected a folder with questions.jsonl and texts.jsonl, or both as *.gz",
                    e);
        } catch (IOException e) {
            throw new IOException(
                    "line %d of %s cannot be read: %s".formatted(rows.size() + 1, file, e.getMessage()), e);
        }
        return rows;
    }

    private static InputStream opened(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        return String.valueOf(file.getFileName()).endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
    }

    private static JsonNode complete(JsonNode row) {
        if (row instanceof ObjectNode fields) {
            DEFAULTS.properties().forEach(one -> fields.putIfAbsent(one.getKey(), one.getValue()));
        }
        return row;
    }
}
