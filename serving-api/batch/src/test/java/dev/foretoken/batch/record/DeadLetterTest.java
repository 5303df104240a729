package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterTest {

    private static final RecordLimits LIMITS = new RecordLimits(1 << 20, 100);

    private static ProducerRecord<byte @Nullable [], byte @Nullable []> letter(
            ConsumerRecord<byte @Nullable [], byte @Nullable []> source, int tries) {
        ReadRecord.Poison poison = new ReadRecord.Poison(
                Optional.empty(), PoisonReason.UNKNOWN_ENDPOINT, "the field url is ünknown", Optional.empty());
        return DeadLetter.of("dead", source, poison, tries, LIMITS);
    }

    @Test
    void theRecordIsKeptWithItsHeadersAndTheReason() {
        ProducerRecord<byte @Nullable [], byte @Nullable []> letter =
                letter(Records.of("a-1", "not json".getBytes(UTF_8), Map.of("foretoken-tenant", "chat", "x", "y")), 3);
        assertThat(letter.topic()).isEqualTo("dead");
        assertThat(letter.key()).isEqualTo("a-1".getBytes(UTF_8));
        assertThat(letter.value()).isEqualTo("not json".getBytes(UTF_8));
        assertThat(Records.text(letter.headers(), "foretoken-tenant")).isEqualTo("chat");
        assertThat(Records.text(letter.headers(), "x")).isEqualTo("y");
        assertThat(Records.text(letter.headers(), "foretoken-reason")).isEqualTo("unknown_endpoint");
        assertThat(Records.text(letter.headers(), "foretoken-detail")).isEqualTo("the field url is ünknown");
        assertThat(Records.text(letter.headers(), "foretoken-source")).isEqualTo("foretoken-requests/3/17");
        assertThat(Records.text(letter.headers(), "foretoken-tries")).isEqualTo("3");
        assertThat(letter.headers().lastHeader("foretoken-cut")).isNull();
    }

    @Test
    void aRecordWithoutKeyAndValueIsKeptToo() {
        ProducerRecord<byte @Nullable [], byte @Nullable []> letter = letter(Records.of(null, null, Map.of()), 1);
        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
    }

    @Test
    void aLetterThatFailedAgainHasItsLastReasonAlone() {
        ProducerRecord<byte @Nullable [], byte @Nullable []> letter = letter(
                Records.of("a", "v".getBytes(UTF_8), Map.of("foretoken-reason", "older", "foretoken-cut", "value")), 1);
        assertThat(letter.headers().headers("foretoken-reason")).hasSize(1);
        assertThat(Records.text(letter.headers(), "foretoken-reason")).isEqualTo("unknown_endpoint");
        assertThat(letter.headers().lastHeader("foretoken-cut")).isNull();
    }

    @Test
    void whatTheBrokerWouldNotTakeIsCutAndThatIsSaid() {
        ConsumerRecord<byte @Nullable [], byte @Nullable []> source =
                Records.of("k".repeat(2000), "v".repeat(101).getBytes(UTF_8), Map.of());
        source.headers().add("a", new byte[60]).add("b", new byte[60]).add("c", new byte[30]);
        ProducerRecord<byte @Nullable [], byte @Nullable []> letter = letter(source, 1);
        assertThat(letter.key()).hasSize(1024);
        assertThat(letter.value()).hasSize(100);
        assertThat(letter.headers().lastHeader("a")).isNotNull();
        assertThat(letter.headers().lastHeader("b")).isNull();
        assertThat(letter.headers().lastHeader("c")).isNotNull();
        assertThat(Records.text(letter.headers(), "foretoken-cut"))
                .isEqualTo("key of 2000 bytes, value of 101 bytes, 1 headers");
    }
}
