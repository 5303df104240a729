package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.record.HeaderNames;
import dev.foretoken.batch.record.PoisonReason;
import dev.foretoken.batch.record.value.CustomId;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Collects the answers of some requests, one line each. One thread. */
public final class Answers {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFLICT = PoisonReason.ID_CONFLICT.code();
    private static final int FIRST_FAILURE = 400;

    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final BatchTopics topics;
    private final FileIds ids;
    private final Set<String> open;
    private final OutputStream out;
    private int answered;
    private int failed;

    /**
     * @param consumer of committed records, without a group
     * @param ids whose answers are wanted
     */
    Answers(
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            BatchTopics topics,
            FileIds ids,
            OutputStream out) {
        this.consumer = consumer;
        this.topics = topics;
        this.ids = ids;
        this.open = new HashSet<>(ids.ids());
        this.out = out;
    }

    /** Begins with what was written since then: answers of requests that were sent before are not given again. */
    void readSince(Instant since) {
        Map<TopicPartition, Long> times = new HashMap<>();
        for (String topic : List.of(topics.answers(), topics.deadLetters())) {
            consumer.partitionsFor(topic)
                    .forEach(info -> times.put(new TopicPartition(topic, info.partition()), since.toEpochMilli()));
        }
        consumer.assign(times.keySet());
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        Map<TopicPartition, Long> ends = consumer.endOffsets(times.keySet());
        for (TopicPartition partition : times.keySet()) {
            OffsetAndTimestamp first = found.get(partition);
            consumer.seek(partition, first == null ? ends.getOrDefault(partition, 0L) : first.offset());
        }
    }

    /** Writes those that have come; waits for the first that long. */
    void poll(Duration wait) throws IOException {
        for (ConsumerRecord<byte @Nullable [], byte @Nullable []> record : consumer.poll(wait)) {
            take(record);
        }
        out.flush();
    }

    private void take(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) throws IOException {
        byte[] key = record.key();
        boolean letter = record.topic().equals(topics.deadLetters());
        if (key == null || letter && header(record, HeaderNames.REASON).equals(CONFLICT)) {
            return; // another request was refused because it has the id of one of these
        }
        String id = ids.of(key).orElse("");
        if (!open.remove(id)) {
            return;
        }
        answered++;
        byte[] value = record.value();
        if (letter || status(record) >= FIRST_FAILURE) {
            failed++;
        }
        out.write(letter || value == null ? refusal(id, record) : CustomId.replace(value, id));
        out.write('\n');
    }

    /** That of an answer without one is success: it was written by somebody else. */
    private static int status(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        try {
            return Integer.parseInt(header(record, HeaderNames.STATUS));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** What became a dead letter has no answer: its line says why, as OpenAI's files have it. */
    private static byte[] refusal(String id, ConsumerRecord<byte @Nullable [], byte @Nullable []> record)
            throws IOException {
        ObjectNode line = JSON.createObjectNode().put("custom_id", id).putNull("response");
        line.putObject("error")
                .put("code", header(record, HeaderNames.REASON))
                .put("message", header(record, HeaderNames.DETAIL));
        return JSON.writeValueAsBytes(line);
    }

    private static String header(ConsumerRecord<byte @Nullable [], byte @Nullable []> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    public boolean complete() {
        return open.isEmpty();
    }

    /** Requests that were answered, with errors or without. */
    public int answered() {
        return answered;
    }

    /** Those of {@link #answered} whose answer is an error. */
    public int failed() {
        return failed;
    }
}
