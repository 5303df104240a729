package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.record.value.Found;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** What the headers of a request say. Of several with one name the last counts; an empty one says nothing. */
final class RequestHeaders {

    private static final int LONGEST = 512;

    /** Milliseconds of the last instant with a year of four digits. */
    private static final long LAST_MILLIS = 253_402_300_799_999L;

    private final Headers headers;

    RequestHeaders(Headers headers) {
        this.headers = headers;
    }

    /** The text of a header. */
    Optional<String> text(String name) throws PoisonException {
        Header header = headers.lastHeader(name);
        if (header == null || header.value() == null || header.value().length == 0) {
            return Optional.empty();
        }
        if (header.value().length > LONGEST) {
            throw invalid(name, "has " + header.value().length + " bytes, at most " + LONGEST + " are read");
        }
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(header.value())).toString();
        } catch (CharacterCodingException e) {
            throw invalid(name, "is not in UTF-8");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw invalid(name, "is " + Found.text(text) + ", which has control characters, here as ?");
        }
        return Optional.of(text);
    }

    private static PoisonException invalid(String name, String what) {
        return new PoisonException(PoisonReason.INVALID_HEADER, "the header " + name + " " + what);
    }

    /** The media type without its parameters, in lower case. */
    Optional<String> contentType() throws PoisonException {
        return text(HeaderNames.CONTENT_TYPE).map(text -> {
            int parameters = text.indexOf(';');
            return (parameters < 0 ? text : text.substring(0, parameters))
                    .strip()
                    .toLowerCase(Locale.ROOT);
        });
    }

    Priority priority() throws PoisonException {
        Optional<String> name = text(HeaderNames.PRIORITY);
        if (name.isEmpty()) {
            return Priority.BATCH;
        }
        return Priority.find(name.get())
                .orElseThrow(() ->
                        invalid(HeaderNames.PRIORITY, "is " + Found.text(name.get()) + ", must be " + Priority.NAMES));
    }

    Optional<String> tenant() throws PoisonException {
        Optional<String> tenant = text(HeaderNames.TENANT);
        if (tenant.isPresent() && !tenant.get().chars().allMatch(RequestHeaders::isOfTenant)) {
            throw invalid(
                    HeaderNames.TENANT,
                    "is " + Found.text(tenant.get()) + ", must be letters, digits, dots, dashes and underscores");
        }
        return tenant;
    }

    private static boolean isOfTenant(int character) {
        return character < 128 && (Character.isLetterOrDigit(character) || "._-".indexOf(character) >= 0);
    }

    Optional<Instant> deadline() throws PoisonException {
        Optional<String> text = text(HeaderNames.DEADLINE);
        return text.isEmpty() ? Optional.empty() : Optional.of(instant(text.get()));
    }

    private static Instant instant(String text) throws PoisonException {
        try {
            if (text.chars().allMatch(character -> character >= '0' && character <= '9')) {
                long millis = Long.parseLong(text);
                if (millis <= LAST_MILLIS) {
                    return Instant.ofEpochMilli(millis);
                }
            } else {
                return DateTimeFormatter.ISO_DATE_TIME.parse(text, Instant::from);
            }
        } catch (DateTimeException | NumberFormatException e) {
            // Said below, with what is needed.
        }
        throw invalid(
                HeaderNames.DEADLINE,
                "is " + Found.text(text)
                        + ", must be an instant such as 2026-01-31T12:00:00Z, or milliseconds since 1970");
    }

    /** As the recommendation asks: what is not well formed caused nothing. */
    Optional<TraceParent> trace() {
        Header header = headers.lastHeader(HeaderNames.TRACE);
        if (header == null || header.value() == null) {
            return Optional.empty();
        }
        TraceParent trace = TraceParent.parse(new String(header.value(), UTF_8));
        return trace.isEmpty() ? Optional.empty() : Optional.of(trace);
    }
}
