package dev.foretoken.app.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FirstStepTest {

    @Test
    void endsOnceATokenWasComputed() throws Exception {
        FakeEngine engine = new FakeEngine("m", 10).answering(3);
        FirstStep.run(engine, engine.models().getFirst());
        GenerationRequest asked = engine.nextSubmitted().request();
        assertThat(asked.stop().maxTokens()).isEqualTo(1);
        assertThat(asked.prompt().size()).isEqualTo(1);
    }

    @Test
    void failsAsTheStepFailed() {
        FakeEngine engine = FakeEngine.scripted(
                "m", request -> List.of(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "no such kernel")));
        assertThatThrownBy(() -> FirstStep.run(engine, engine.models().getFirst()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining("'m'")
                .hasMessageContaining("no such kernel");
    }
}
