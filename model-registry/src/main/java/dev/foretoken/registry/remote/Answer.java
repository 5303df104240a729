package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An answer whose body is still coming; close it to drop the rest.
 *
 * @param from the address that answered, after redirects
 * @param headers by lower-case name
 * @param hops headers of the redirects before, first first, by lower-case name
 */
public record Answer(
        URI from,
        int status,
        Map<String, String> headers,
        List<Map<String, String>> hops,
        InputStream body,
        AutoCloseable connection)
        implements AutoCloseable {

    private static final int RETRY_AFTER_DIGITS = 6;

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The length that the header states; empty when it states none. */
    public OptionalLong length() {
        Optional<String> text = header("content-length");
        return text.isPresent() && text.get().matches("[0-9]{1,18}")
                ? OptionalLong.of(Long.parseLong(text.get()))
                : OptionalLong.empty();
    }

    /** How long the host asks to wait; empty when it does not, or not in seconds. */
    public Optional<Duration> retryAfter() {
        return header("retry-after")
                .filter(text -> text.length() <= RETRY_AFTER_DIGITS && text.matches("[0-9]+"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }

    /**
     * The whole body.
     *
     * @throws ForetokenException PAYLOAD_TOO_LARGE when it has more than {@code most} bytes
     */
    public byte[] bytes(int most) throws IOException {
        byte[] bytes = body.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    Shown.of(from) + " answered with more than " + most + " bytes, that is not what was asked for");
        }
        return bytes;
    }

    /** What to say of a status that is not the one expected. */
    public ForetokenException failure() {
        String said = Shown.of(from) + " answered " + status;
        return switch (status) {
            case 401 ->
                new ForetokenException(ErrorCode.PERMISSION_DENIED, said + ": it wants credentials, or better ones");
            case 403 ->
                new ForetokenException(
                        ErrorCode.PERMISSION_DENIED,
                        said + ": these credentials may not, or its terms are not accepted yet");
            case 404, 410 -> new ForetokenException(ErrorCode.MODEL_NOT_FOUND, said + ": there is no such thing");
            default ->
                isPassing()
                        ? new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, said + ": try again later")
                                .withRetryAfter(retryAfter().orElse(Duration.ofSeconds(30)))
                        : new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, said + ", which is not understood");
        };
    }

    /** Whether another attempt has a chance. */
    boolean isPassing() {
        return status == 408 || status == 429 || status >= 500 && status <= 504;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (Exception e) {
            // The connection is given up either way.
        }
    }
}
