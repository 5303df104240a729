package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Records that are no requests, kept for people: as they were, with why and where from in headers. What would make them longer than brokers take is
 * cut, and that is said.
 */
public final class DeadLetter {

    /** Of the key that is kept. */
    private static final int KEY_BYTES = 1024;

    /** A letter that was sent again and failed again has those of its last failure. */
    private static final Set<String> OWN =
            Set.of(HeaderNames.REASON, HeaderNames.DETAIL, HeaderNames.SOURCE, HeaderNames.TRIES, HeaderNames.CUT);

    private final RecordLimits limits;
    private final List<String> cut = new ArrayList<>();

    private DeadLetter(RecordLimits limits) {
        this.limits = limits;
    }

    /**
     * The letter of one record.
     *
     * @param tries how often it was tried, at least 1
     */
    public static ProducerRecord<byte @Nullable [], byte @Nullable []> of(
            String topic,
            ConsumerRecord<byte @Nullable [], byte @Nullable []> source,
            ReadRecord.Poison poison,
            int tries,
            RecordLimits limits) {
        return new DeadLetter(limits).letter(topic, source, poison, tries);
    }

    /** The letter with nothing of its record but the key, for topics that take no longer ones. */
    public static ProducerRecord<byte @Nullable [], byte @Nullable []> bare(
            ProducerRecord<byte @Nullable [], byte @Nullable []> letter) {
        ProducerRecord<byte @Nullable [], byte @Nullable []> bare =
                new ProducerRecord<>(letter.topic(), letter.key(), null);
        for (Header header : letter.headers()) {
            if (OWN.contains(header.key()) && !header.key().equals(HeaderNames.CUT)) {
                bare.headers().add(header);
            }
        }
        add(bare.headers(), HeaderNames.CUT, "value, headers: the topic takes no longer records");
        return bare;
    }

    private ProducerRecord<byte @Nullable [], byte @Nullable []> letter(
            String topic,
            ConsumerRecord<byte @Nullable [], byte @Nullable []> source,
            ReadRecord.Poison poison,
            int tries) {
        ProducerRecord<byte @Nullable [], byte @Nullable []> letter = new ProducerRecord<>(
                topic,
                bounded("key", source.key(), KEY_BYTES),
                bounded("value", source.value(), limits.maxDeadLetterBytes()));
        Headers headers = letter.headers();
        keep(source.headers(), headers);
        add(headers, HeaderNames.REASON, poison.reason().code());
        add(headers, HeaderNames.DETAIL, poison.detail());
        add(headers, HeaderNames.SOURCE, source.topic() + "/" + source.partition() + "/" + source.offset());
        add(headers, HeaderNames.TRIES, Integer.toString(tries));
        if (!cut.isEmpty()) {
            add(headers, HeaderNames.CUT, String.join(", ", cut));
        }
        return letter;
    }

    private byte @Nullable [] bounded(String what, byte @Nullable [] bytes, int most) {
        if (bytes == null || bytes.length <= most) {
            return bytes;
        }
        cut.add(what + " of " + bytes.length + " bytes");
        return Arrays.copyOf(bytes, most);
    }

    private void keep(Headers from, Headers to) {
        long left = limits.maxDeadLetterBytes();
        int dropped = 0;
        for (Header header : from) {
            byte[] value = header.value();
            long bytes = header.key().length() * 3L + (value == null ? 0 : value.length);
            if (OWN.contains(header.key())) {
                continue;
            }
            if (bytes > left) {
                dropped++;
                continue;
            }
            left -= bytes;
            to.add(header);
        }
        if (dropped > 0) {
            cut.add(dropped + " headers");
        }
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(UTF_8));
    }
}
