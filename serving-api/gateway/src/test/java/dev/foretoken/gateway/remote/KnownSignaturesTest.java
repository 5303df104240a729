package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.runtime.TensorSignature;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How often a pod is asked what its models take. */
class KnownSignaturesTest {

    private static final TensorSignature FIRST = FakeTensorRuntime.raggedSignature(16);
    private static final TensorSignature SECOND = FakeTensorRuntime.plainSignature();

    private final KnownSignatures signatures = new KnownSignatures();
    private int asked;

    private static ModelInfo model(ModelState state, int loadedAt) {
        return ModelInfo.of("m", state, Instant.ofEpochMilli(loadedAt));
    }

    private TensorSignature ask(TensorSignature answer) {
        return signatures.of("m", name -> {
            asked++;
            return answer;
        });
    }

    @Test
    void asksOnceForAStay() {
        signatures.reported(List.of(model(ModelState.READY, 5)));
        assertThat(ask(FIRST)).isEqualTo(FIRST);
        signatures.reported(List.of(model(ModelState.READY, 5)));
        assertThat(ask(SECOND)).isEqualTo(FIRST);
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void asksAgainWhenTheModelChanged() {
        signatures.reported(List.of(model(ModelState.READY, 5)));
        ask(FIRST);
        signatures.reported(List.of(model(ModelState.READY, 6)));
        assertThat(ask(SECOND)).isEqualTo(SECOND);
        signatures.reported(List.of(model(ModelState.AVAILABLE, 6)));
        assertThat(ask(FIRST)).isEqualTo(FIRST);
        assertThat(asked).isEqualTo(3);
    }

    @Test
    void asksAgainWhenThePodCameBackOrTheModelDid() {
        signatures.reported(List.of(model(ModelState.READY, 5)));
        ask(FIRST);
        signatures.lost();
        assertThat(ask(SECOND)).isEqualTo(SECOND);
        signatures.reported(List.of(model(ModelState.READY, 5)));
        assertThat(ask(SECOND)).isEqualTo(SECOND);
        signatures.reported(List.of());
        signatures.reported(List.of(model(ModelState.READY, 5)));
        assertThat(ask(FIRST)).isEqualTo(FIRST);
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void anAnswerThatCrossesAReportIsNotKept() {
        signatures.reported(List.of(model(ModelState.READY, 5)));
        Function<String, TensorSignature> slow = name -> {
            signatures.reported(List.of(model(ModelState.READY, 6)));
            return FIRST;
        };
        assertThat(signatures.of("m", slow)).isEqualTo(FIRST);
        assertThat(ask(SECOND)).isEqualTo(SECOND);
    }
}
