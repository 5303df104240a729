package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.value.RecordValue;
import dev.foretoken.batch.record.value.RequestLine;
import dev.foretoken.batch.record.value.UnreadableValueException;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file of requests, one JSON object a line, as OpenAI's Batch API has it. Read line by line: it may be larger than memory. */
public final class RequestFile {

    /** Beside the line a record has its key and headers, all of which workers read up to a length together. */
    private static final int MOST_BYTES = RecordLimits.DEFAULT.maxRecordBytes() - (4 << 10);

    private static final int PREFIX_BYTES = 8;
    private static final int BUFFER = 1 << 16;

    private final Path file;

    public RequestFile(Path file) {
        this.file = file;
    }

    /** One line that holds something. */
    @FunctionalInterface
    public interface LineTaker {

        /** @param number counted from 1 */
        void take(int number, String id, byte[] line);
    }

    /**
     * Reads all of it.
     *
     * @param tenant whose requests they are
     * @throws ForetokenException CONFIG_INVALID, naming the line, where one holds no request or an id comes twice
     */
    public FileIds check(Optional<String> tenant) {
        Set<String> ids = new LinkedHashSet<>();
        MessageDigest digest = sha256();
        digest.update((tenant.orElse("") + "\n").getBytes(UTF_8)); // no tenant's name has an end of line
        each((number, id, line) -> {
            digest.update(line);
            digest.update((byte) '\n');
            if (!ids.add(id)) {
                throw refused(
                        number, "has the custom_id '" + id + "' of a line before; each needs one of its own", null);
            }
        });
        if (ids.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, file + " holds no request; expected one JSON object a line");
        }
        byte[] bits = Arrays.copyOf(digest.digest(), PREFIX_BYTES);
        return new FileIds(HexFormat.of().formatHex(bits) + "-", ids);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The same lines once more. @throws ForetokenException as {@link #check}, but for ids that come twice */
    public void each(LineTaker taker) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            int number = 1;
            for (byte[] line = line(in, number); line != null; line = line(in, ++number)) {
                if (!new String(line, UTF_8).isBlank()) {
                    taker.take(number, id(number, line), line);
                }
            }
        } catch (NoSuchFileException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "there is no file " + file, e);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "cannot read " + file + " (" + e.getMessage() + ")", e);
        }
    }

    private String id(int number, byte[] line) {
        RecordValue value = read(number, line);
        String id = value.id().orElseThrow(() -> refused(number, "has no custom_id", null));
        if (!BatchRequest.isId(id) || id.length() > FileIds.MOST_CHARACTERS) {
            throw refused(
                    number,
                    "has a custom_id that is none: 1 to " + FileIds.MOST_CHARACTERS + " printable ASCII characters",
                    null);
        }
        String url = value.url().orElseThrow(() -> refused(number, "has no url", null));
        if (BatchEndpoint.of(url).isEmpty()) {
            throw refused(
                    number, "has the url '" + shortened(url) + "', which no batch has; known are " + urls(), null);
        }
        return id;
    }

    private RecordValue read(int number, byte[] line) {
        try {
            return RequestLine.read(line);
        } catch (UnreadableValueException e) {
            throw refused(number, "is no request: " + e.getMessage(), e);
        }
    }

    private static String urls() {
        Set<String> paths = new HashSet<>();
        for (BatchEndpoint endpoint : BatchEndpoint.values()) {
            paths.add(endpoint.path());
        }
        return String.join(", ", paths.stream().sorted().toList());
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }

    /** Null at the end. */
    private byte @Nullable [] line(InputStream in, int number) throws IOException {
        int next = in.read();
        if (next < 0) {
            return null;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == MOST_BYTES) {
                throw refused(
                        number,
                        "is longer than the " + MOST_BYTES + " bytes that servers read; ask for less in one request",
                        null);
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    private ForetokenException refused(int number, String problem, @Nullable Exception cause) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, file + " line " + number + " " + problem, cause);
    }
}
