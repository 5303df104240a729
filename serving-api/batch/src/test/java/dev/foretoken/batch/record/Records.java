package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Records as a consumer reads them. */
final class Records {

    static final String LINE =
            "{\"custom_id\":\"a-1\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"prompt\": \"Hé\"}}";

    private Records() {}

    static ConsumerRecord<byte @Nullable [], byte @Nullable []> of(
            @Nullable String key, byte @Nullable [] value, Map<String, String> named) {
        Headers headers = new RecordHeaders();
        named.forEach((name, text) -> headers.add(name, text.getBytes(UTF_8)));
        byte[] bytes = key == null ? null : key.getBytes(UTF_8);
        return new ConsumerRecord<>(
                "foretoken-requests",
                3,
                17,
                0,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                bytes,
                value,
                headers,
                Optional.empty());
    }

    static ConsumerRecord<byte @Nullable [], byte @Nullable []> of(@Nullable String key, String line) {
        return of(key, line.getBytes(UTF_8), Map.of());
    }

    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }
}
