package dev.foretoken.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final Tenant ONE = Tenant.of("one");

    private final AtomicLong now = new AtomicLong();
    private final Admission admission = new Admission(2, now::get);

    @Test
    void refusesBeyondItsPlacesWithTheTimeInWhichOneFrees() {
        Admission.Permit first = admission.enter(ONE);
        admission.enter(ONE);
        now.addAndGet(Duration.ofSeconds(20).toNanos());
        first.close();
        admission.enter(ONE);
        assertThatThrownBy(() -> admission.enter(ONE)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(e.retryAfter()).contains(Duration.ofSeconds(10));
        });
    }

    @Test
    void whoHasAllItMayLeavesPlacesToOthers() {
        admission.enter(ONE);
        admission.enter(ONE);
        assertThatThrownBy(() -> admission.enter(ONE)).hasMessageContaining("2 requests of this tenant");
        assertRefused(ErrorCode.QUEUE_FULL, ONE);
        Admission.Permit quiet = admission.enter(Tenant.of("quiet"));
        assertRefused(ErrorCode.SHARE_FULL, ONE);
        admission.enter(Tenant.of("third"));
        assertRefused(ErrorCode.QUEUE_FULL, Tenant.of("fourth"));
        assertRefused(ErrorCode.QUEUE_FULL, ONE);
        quiet.close();
        admission.enter(Tenant.of("fourth"));
        assertThat(admission.underWay()).isEqualTo(4);
    }

    private void assertRefused(ErrorCode code, Tenant tenant) {
        assertThatThrownBy(() -> admission.enter(tenant)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.retryAfter()).isPresent();
        });
    }

    @Test
    void freesAPlaceOnceHoweverOftenItIsLeft() {
        Admission.Permit permit = admission.enter(ONE);
        permit.close();
        permit.close();
        assertThat(admission.underWay()).isZero();
        admission.enter(ONE);
        admission.enter(ONE);
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
        Admission.Permit permit = admission.enter(ONE);
        admission.drain();
        assertThatThrownBy(() -> admission.enter(ONE))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DRAINING));
        assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isFalse();
        permit.close();
        assertThat(admission.awaitEmpty(Duration.ofMillis(1))).isTrue();
    }
}
