package dev.foretoken.batch.client;

import static dev.foretoken.contract.ConfigCheck.require;
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
    private static final String TENANT = "[A-Za-z0-9._-]{1,512}";

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a tenant whose requests no server would read */
    public RequestMarks {
        tenant.ifPresent(name -> require(
                name.matches(TENANT), "tenant", name, "1 to 512 letters, digits, dots, dashes and underscores"));
    }

    void write(Headers headers) {
        add(headers, HeaderNames.VERSION, VERSION);
        add(headers, HeaderNames.CONTENT_TYPE, "application/json");
        tenant.ifPresent(name -> add(headers, HeaderNames.TENANT, name));
        priority.ifPresent(level -> add(headers, HeaderNames.PRIORITY, level.publicName()));
        deadline.ifPresent(time -> add(headers, HeaderNames.DEADLINE, time.toString()));
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
