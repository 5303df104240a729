package dev.foretoken.scheduler.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import org.junit.jupiter.api.Test;

class TensorConfigTest {

    private static TensorConfig of(long requestBytes, long answerBytes, int requests, long queuedBytes) {
        return new TensorConfig(
                requestBytes,
                answerBytes,
                requests,
                queuedBytes,
                TensorConfig.Batch.DEFAULT,
                TensorConfig.Sessions.DEFAULT);
    }

    @Test
    void everyKeyMapsToItsComponent() {
        TensorConfig config = of(1, 2, 3, 4);
        assertThat(config.maxRequestBytes()).isEqualTo(1);
        assertThat(config.maxAnswerBytes()).isEqualTo(2);
        assertThat(config.maxQueuedRequests()).isEqualTo(3);
        assertThat(config.maxQueuedBytes()).isEqualTo(4);
    }

    @Test
    void everyLimitRefusesAndNamesKeyValueAndRange() {
        refused(() -> of(0, 1, 1, 10), "tensor.max-request-bytes=0");
        refused(() -> of(1, 0, 1, 10), "tensor.max-answer-bytes=0");
        refused(() -> of(1, 1, 0, 10), "tensor.max-queued-requests=0");
        refused(() -> of(1, 1, 1, (1L << 44) + 1), "tensor.max-queued-bytes=17592186044417");
    }

    /** One tenant may have half of the bytes that wait: enough for its largest request. */
    @Test
    void twoOfTheLargestRequestsMayWait() {
        assertThat(of(50, 1, 1, 100).maxQueuedBytes()).isEqualTo(100);
        refused(() -> of(50, 1, 1, 99), "tensor.max-queued-bytes=99, must be in [100, ");
        refused(
                () -> of(1L << 40, 1, 1, 1L << 40),
                "tensor.max-queued-bytes=1099511627776, must be in [2199023255552, ");
    }

    private static void refused(Runnable config, String named) {
        assertThatThrownBy(config::run)
                .isInstanceOf(ForetokenException.class)
                .hasMessageStartingWith(named)
                .hasMessageContaining("must be in [");
    }
}
