package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.foretoken.batch.record.HeaderNames;
import dev.foretoken.contract.request.Priority;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;

/**
 * What the requests of one file have in common, as headers say it.
 *
 * @param priority empty = the lowest
 */
public record RequestMarks(Optional<String> tenant, Optional<Priority> priority, Optional<Instant> deadline) {

    public static final RequestMarks NONE = new RequestMarks(Optional.empty(), Optional.empty(), Optional.empty());

    private static final String VERSION = "1";

    void write(Headers headers) {
        add(headers, HeaderNames.VERSION, VERSION);
        add(headers, HeaderNames.CONTENT_TYPE, "application/json");
        tenant.ifPresent(name -> add(headers, HeaderNames.TENANT, name));
        priority.ifPresent(
                level -> add(headers, HeaderNames.PRIORITY, level.name().toLowerCase(java.util.Locale.ROOT)));
        deadline.ifPresent(time -> add(headers, HeaderNames.DEADLINE, time.toString()));
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
