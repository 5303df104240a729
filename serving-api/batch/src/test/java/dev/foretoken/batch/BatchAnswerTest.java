package dev.foretoken.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchAnswerTest {

    @Test
    void anAnswerWithoutErrorIsFinal() {
        assertThat(answer(Optional.empty()).isRetryable()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCode.class,
            names = {
                "QUEUE_FULL",
                "SHARE_FULL",
                "RATE_LIMITED",
                "REPLICA_LOST",
                "MODEL_LOADING",
                "REPLICA_UNAVAILABLE",
                "DRAINING"
            })
    void whatPassesIsTriedAgain(ErrorCode code) {
        assertThat(answer(Optional.of(code)).isRetryable()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrongWithTheRequestIsNot(ErrorCode code) {
        if (code.kind() == ErrorKind.CALLER || code == ErrorCode.DEADLINE_EXCEEDED) {
            assertThat(answer(Optional.of(code)).isRetryable()).isFalse();
        }
    }

    private static BatchAnswer answer(Optional<ErrorCode> error) {
        return new BatchAnswer(200, "r", new byte[0], error);
    }
}
