package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SentRecordsTest {

    private static final List<ProducerRecord<byte[], byte[]>> TWO =
            List.of(new ProducerRecord<>("t", new byte[1]), new ProducerRecord<>("t", new byte[2]));

    /** Takes the first, and all others but for one that it is told to refuse. */
    private static final class Refusing extends MockProducer<byte[], byte[]> {
        private final boolean isRefusing;

        Refusing(boolean isRefusing) {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
            this.isRefusing = isRefusing;
        }

        @Override
        public synchronized void flush() {
            completeNext();
            if (isRefusing) {
                errorNext(new RecordTooLargeException("too long"));
            }
            super.flush();
        }
    }

    @Test
    void aRecordThatTheBrokerRefusesIsSaid() {
        try (Refusing producer = new Refusing(true)) {
            assertThatThrownBy(() -> SentRecords.all(producer, TWO))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("record 1 for t was not taken")
                    .hasRootCauseMessage("too long");
        }
    }

    @Test
    void allAreTaken() {
        try (Refusing producer = new Refusing(false)) {
            SentRecords.all(producer, TWO);
            assertThat(producer.history()).isEqualTo(TWO);
        }
    }
}
