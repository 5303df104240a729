package dev.foretoken.scheduler.tensor;

import static dev.foretoken.scheduler.tensor.TensorBench.assertFailed;
import static dev.foretoken.scheduler.tensor.TensorBench.failure;
import static dev.foretoken.scheduler.tensor.TensorBench.get;
import static dev.foretoken.scheduler.tensor.TensorBench.of;
import static dev.foretoken.scheduler.tensor.TensorBench.total;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.FakeTensorRuntime.Run;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorSessionsTest {

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final TensorBench bench = new TensorBench(
            FakeTensorRuntime.plain(), TensorConfig.DEFAULT.withSessions(new TensorConfig.Sessions(2, IDLE, 32, 48)));

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    private static TensorRequest start(long id, long value) {
        return next("a", id, value).withSession(new SessionUse(id, true, false));
    }

    private static TensorRequest next(long id, long value) {
        return next("a", id, value);
    }

    private static TensorRequest next(String tenant, long id, long value) {
        return of(tenant, Priority.NORMAL, value).withSession(new SessionUse(id, false, false));
    }

    private static TensorRequest end(long id, long value) {
        return next(id, value).withSession(new SessionUse(id, false, true));
    }

    @Test
    void eachRequestSeesWhatItsStreamSaidBefore() {
        bench.gate.open();
        assertThat(total(bench.ask(start(1, 10)))).isEqualTo(10);
        assertThat(total(bench.ask(start(2, 100)))).isEqualTo(100);
        assertThat(total(bench.ask(next(1, 5)))).isEqualTo(15);
        assertThat(total(bench.ask(next(2, 1)))).isEqualTo(101);
        assertThat(total(bench.ask(end(1, 1)))).isEqualTo(16);
        assertFailed(bench.ask(next(1, 1)), ErrorCode.INVALID_REQUEST);
        assertThat(total(bench.ask(start(2, 7)))).as("begins again").isEqualTo(7);
        assertThat(bench.loop.sessions()).isEqualTo(1);
    }

    @Test
    void requestsOfOneStreamRunInOrderAndAloneWhateverTheirPriority() throws InterruptedException {
        bench.occupy();
        List<CompletableFuture<TensorAnswer>> answers = new ArrayList<>();
        answers.add(bench.queue(start(1, 1)));
        answers.add(bench.queue(of("a", Priority.BATCH, 2).withSession(new SessionUse(1, false, false))));
        answers.add(bench.queue(of("a", Priority.HIGH, 3).withSession(new SessionUse(1, false, false))));
        bench.queue(of("a", Priority.NORMAL, 9));
        bench.gate.open();
        assertThat(answers.stream().map(TensorBench::total)).containsExactly(1L, 3L, 6L);
        assertThat(bench.runtime.runs()).containsOnly(new Run(1, 1));
    }

    @Test
    void streamsOfDifferentTenantsNeverMeet() {
        bench.gate.open();
        get(bench.ask(start(1, 10)));
        assertFailed(bench.ask(next("b", 1, 5)), ErrorCode.INVALID_REQUEST);
        assertThat(total(bench.ask(next("a", 1, 5)))).isEqualTo(15);
    }

    @Test
    void aStreamThatNobodyUsesIsGivenUp() {
        bench.gate.open();
        get(bench.ask(start(1, 10)));
        bench.clock.advance(IDLE.minusMillis(1));
        assertThat(total(bench.ask(next(1, 5)))).isEqualTo(15);
        bench.clock.advance(IDLE);
        ForetokenException gone = failure(bench.ask(next(1, 5)));
        assertThat(gone.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(gone).hasMessageContaining("session 1 is not open").hasMessageContaining("start it again");
        assertThat(gone.param()).contains("session");
        assertThat(bench.runtime.openSessions()).isZero();
    }

    @Test
    void noMoreStreamsThanAllowedAreOpen() {
        bench.gate.open();
        get(bench.ask(start(1, 10)));
        bench.clock.advance(Duration.ofSeconds(2));
        get(bench.ask(start(2, 10)));
        ForetokenException full = failure(bench.ask(start(3, 10)));
        assertThat(full.code()).isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(full.retryAfter()).as("when the first expires").contains(Duration.ofSeconds(3));
        assertThat(bench.runtime.openSessions()).isEqualTo(2);
        get(bench.ask(end(2, 1)));
        assertThat(total(bench.ask(start(3, 10)))).isEqualTo(10);
    }

    @Test
    void aStreamWhoseCachesGrowTooLargeEndsAndSaysWhich() {
        bench.gate.open();
        get(bench.ask(start(1, 1)));
        get(bench.ask(wide(1, 1, 2, 3)));
        assertThat(bench.loop.sessionBytes()).isEqualTo(32);
        assertThat(failure(bench.ask(next(1, 1))))
                .hasMessageContaining("cache 'numbers' would make those of session 1 40 bytes large, at most 32")
                .extracting("code")
                .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
        assertFailed(bench.ask(next(1, 1)), ErrorCode.INVALID_REQUEST);
        assertThat(bench.loop.sessionBytes()).isZero();
    }

    @Test
    void cachesOfAllStreamsTogetherAreBounded() {
        bench.gate.open();
        get(bench.ask(start(1, 1)));
        get(bench.ask(wide(1, 1, 2, 3)));
        bench.clock.advance(Duration.ofSeconds(2));
        get(bench.ask(start(2, 1)));
        get(bench.ask(next(2, 1)));
        ForetokenException full = failure(bench.ask(next(2, 1)));
        assertThat(full.code()).isEqualTo(ErrorCode.QUEUE_FULL);
        assertThat(full).hasMessageContaining("all open sessions 56 bytes large, at most 48");
        assertThat(full.retryAfter()).as("when the first expires").contains(Duration.ofSeconds(3));
        assertThat(bench.loop.sessionBytes()).as("of the first").isEqualTo(32);
        get(bench.ask(end(1, 0).withSession(new SessionUse(1, true, true))));
        assertThat(bench.loop.sessionBytes()).isZero();
    }

    private static TensorRequest wide(long id, long... row) {
        return of("a", Priority.NORMAL, row).withSession(new SessionUse(id, false, false));
    }

    @Test
    void aStreamWhoseRunFailedHasEnded() {
        bench.gate.open();
        get(bench.ask(start(1, 10)));
        assertFailed(bench.ask(next(1, FakeTensorRuntime.BROKEN)), ErrorCode.RUNTIME_FAILED);
        assertFailed(bench.ask(next(1, 5)), ErrorCode.INVALID_REQUEST);
        assertThat(bench.runtime.openSessions()).isZero();
    }

    @Test
    void whatCameBehindARequestThatWasNotRunIsNotRunEither() throws InterruptedException {
        bench.gate.release(1);
        get(bench.ask(start(1, 10)));
        bench.awaitRun();
        bench.occupy();
        CompletableFuture<TensorAnswer> first =
                bench.queue(next(1, 1).withService(ServiceLevel.DEFAULT.withTimeout(Duration.ofMillis(1))));
        CompletableFuture<TensorAnswer> behind = bench.queue(next(1, 2));
        bench.clock.advance(Duration.ofMillis(2));
        assertFailed(first, ErrorCode.DEADLINE_EXCEEDED);
        bench.gate.open();
        assertFailed(behind, ErrorCode.CANCELLED);
        assertThat(total(bench.ask(next(1, 3))))
                .as("the stream goes on from where it was")
                .isEqualTo(13);
    }

    @Test
    void anOpenStreamKeepsTheModelInUse() {
        bench.gate.open();
        get(bench.ask(start(1, 10)));
        bench.awaitLive(1);
        get(bench.ask(end(1, 10)));
        bench.awaitLive(0);
    }
}
