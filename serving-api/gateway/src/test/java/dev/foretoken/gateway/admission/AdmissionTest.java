package dev.foretoken.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final AtomicLong now = new AtomicLong();
    private final Admission admission = new Admission(2, now::get);

    @Test
    void refusesBeyondItsPlacesWithTheTimeInWhichOneFrees() {
        Admission.Permit first = admission.enter();
        admission.enter();
        now.addAndGet(Duration.ofSeconds(20).toNanos());
        first.close();
        admission.enter();
        assertThatThrownBy(admission::enter).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(e.retryAfter()).contains(Duration.ofSeconds(10));
        });
    }

    @Test
    void freesAPlaceOnceHoweverOftenItIsLeft() {
        Admission.Permit permit = admission.enter();
        permit.close();
        permit.close();
        assertThat(admission.underWay()).isZero();
        admission.enter();
        admission.enter();
        assertThat(admission.underWay()).isEqualTo(2);
    }

    @Test
    void leavesHalfToThoseWhoWait() {
        Admission.Permit batch = admission.enterBatch();
        assertThatThrownBy(admission::enterBatch).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(e.retryAfter()).isPresent();
        });
        batch.close();
        batch.close();
        admission.enterBatch();
        assertThatThrownBy(admission::enterBatch).isInstanceOf(ForetokenException.class);
        assertThat(new Admission(1, now::get).mostOfBatches()).isOne();
    }

    @Test
    void refusesAllWhileDrainingAndWaitsForTheRest() throws Exception {
        Admission.Permit permit = admission.enter();
        admission.drain();
        assertThatThrownBy(admission::enter)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DRAINING));
        assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isFalse();
        permit.close();
        assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isTrue();
    }
}
