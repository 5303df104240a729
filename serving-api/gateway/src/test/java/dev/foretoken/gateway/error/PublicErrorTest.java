package dev.foretoken.gateway.error;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PublicErrorTest {

    @Test
    void aDrainingEngineSaysWhenToTryAnotherReplica() {
        PublicError error = PublicError.of(new ForetokenException(ErrorCode.DRAINING, "stopping"));
        assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aTimeThatIsGivenIsKept() {
        ForetokenException failure =
                new ForetokenException(ErrorCode.DRAINING, "stopping").withRetryAfter(Duration.ofSeconds(9));
        assertThat(PublicError.of(failure).retryAfter()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void otherFailuresPromiseNothing() {
        assertThat(PublicError.of(new ForetokenException(ErrorCode.INVALID_REQUEST, "no"))
                        .retryAfter())
                .isNull();
    }
}
