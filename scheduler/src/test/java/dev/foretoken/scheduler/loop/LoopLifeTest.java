package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopLifeTest {

    private interface Event {
        void happensTo(LoopLife life);
    }

    private static LoopLife after(Event... events) {
        LoopLife life = new LoopLife("broken; reload it");
        List.of(events).forEach(event -> event.happensTo(life));
        return life;
    }

    private static void leads(LoopPhase to, Event... events) {
        assertThat(after(events).get()).isEqualTo(to);
    }

    private static void refuses(LoopLife life, ErrorCode code, String message) {
        assertThatThrownBy(life::refuseUnlessServing)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }

    @Test
    void movesDownAndNeverBack() {
        leads(LoopPhase.SERVING);
        leads(LoopPhase.DRAINING, LoopLife::drain);
        leads(LoopPhase.STOPPING, LoopLife::drain, LoopLife::stop);
        leads(LoopPhase.STOPPING, LoopLife::stop, LoopLife::drain);
        leads(LoopPhase.STOPPING, LoopLife::stop, LoopLife::giveUp);
        leads(LoopPhase.ENDED, LoopLife::end, LoopLife::stop);
        leads(LoopPhase.ENDED, LoopLife::end, LoopLife::drain);
        leads(LoopPhase.ENDED, LoopLife::end, LoopLife::giveUp);
    }

    @Test
    void staysToRefuseWhatComesWhenItGaveUpUntilItIsToEnd() {
        leads(LoopPhase.BROKEN, LoopLife::giveUp);
        leads(LoopPhase.STOPPING, LoopLife::giveUp, LoopLife::drain);
        leads(LoopPhase.STOPPING, LoopLife::giveUp, LoopLife::stop);
        leads(LoopPhase.STOPPING, LoopLife::drain, LoopLife::giveUp);
    }

    @Test
    void takesRequestsOnlyWhileItServes() {
        assertThatCode(after()::refuseUnlessServing).doesNotThrowAnyException();
        String unloaded = "this model is being unloaded; try another replica";
        refuses(after(LoopLife::drain), ErrorCode.DRAINING, unloaded);
        refuses(after(LoopLife::stop), ErrorCode.DRAINING, unloaded);
        refuses(after(LoopLife::end), ErrorCode.DRAINING, unloaded);
        refuses(after(LoopLife::giveUp), ErrorCode.RUNTIME_FAILED, "broken; reload it");
    }

    @Test
    void isFinishedWhenWhatItHadHasEnded() {
        assertThat(after().isFinished(0)).isFalse();
        assertThat(after(LoopLife::giveUp).isFinished(0)).isFalse();
        assertThat(after(LoopLife::drain).isFinished(1)).isFalse();
        assertThat(after(LoopLife::drain).isFinished(0)).isTrue();
        assertThat(after(LoopLife::stop).isFinished(1)).isTrue();
    }

    @Test
    void tellsWhenEverythingIsGivenBack() throws InterruptedException {
        assertThat(after(LoopLife::end).awaitClose(Duration.ZERO)).isFalse();
        assertThat(after(LoopLife::end, LoopLife::close).awaitClose(Duration.ZERO))
                .isTrue();
    }
}
