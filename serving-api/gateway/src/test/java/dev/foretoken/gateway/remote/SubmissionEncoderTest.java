package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.ConstraintSpec;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.Prompt;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubmissionEncoderTest {

    private static GenerationRequest constrainedBy(int characters) {
        ConstraintSpec regex = new ConstraintSpec(ConstraintSpec.Kind.REGEX, "a".repeat(characters));
        return GenerationRequest.greedy("r", "m", Prompt.of(1), 1)
                .withOptions(new ModelOptions(ModelOptions.DEFAULT.prefill(), Optional.of(regex), Optional.empty()));
    }

    @Test
    void aRequestThatNoPodTakesIsRefusedAsTheCallersAndNotAsAPodThatIsAway() {
        assertThat(SubmissionEncoder.encode(constrainedBy(1 << 20)).getSerializedSize())
                .isLessThan(2 << 20);
        assertThatThrownBy(() -> SubmissionEncoder.encode(constrainedBy(16 << 20)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE));
    }
}
