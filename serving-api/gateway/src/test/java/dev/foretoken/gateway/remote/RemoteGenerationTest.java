package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.wire.pod.v1.Accepted;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Command;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Events;
import dev.foretoken.wire.pod.v1.Logprobs;
import dev.foretoken.wire.pod.v1.PromptScored;
import dev.foretoken.wire.pod.v1.Started;
import dev.foretoken.wire.pod.v1.Submission;
import dev.foretoken.wire.pod.v1.Token;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ClientCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a pod may be silent, on a clock that the test moves. */
class RemoteGenerationTest {

    private static final Duration STALL = Duration.ofSeconds(20);
    private static final Duration ALMOST = STALL.minusMillis(1);
    private static final Answer ALIVE =
            Answer.newBuilder().setEvents(Events.getDefaultInstance()).build();

    private final FakeClock clock = new FakeClock();
    private final RecordingCall call = new RecordingCall();
    private final RemoteConfig config =
            new RemoteConfig("pod", 1, Optional.empty(), Duration.ofSeconds(10), Duration.ofMillis(100), STALL);
    private final RemoteGeneration generation = new RemoteGeneration(config, 2, clock);

    @BeforeEach
    void accept() {
        generation.start(it -> it.beforeStart(call), Submission.getDefaultInstance());
        generation.onNext(
                Answer.newBuilder().setAccepted(Accepted.getDefaultInstance()).build());
        generation.awaitTaken(Optional.empty());
    }

    /** The end of a submission that the pod neither takes nor refuses. */
    private ErrorCode codeOfUnanswered(RemoteConfig config, Duration timeLeft) {
        RemoteGeneration unanswered = new RemoteGeneration(config, 1, clock);
        unanswered.start(it -> it.beforeStart(call), Submission.getDefaultInstance());
        return codeOf(unanswered, timeLeft);
    }

    private static ErrorCode codeOf(RemoteGeneration unanswered, Duration timeLeft) {
        return catchThrowableOfType(ForetokenException.class, () -> unanswered.awaitTaken(Optional.of(timeLeft)))
                .code();
    }

    /** The connection's thread may be busy for so long. */
    @Test
    void aRequestThatNobodyWaitsForAnyMoreIsNotSent() {
        RemoteGeneration late = new RemoteGeneration(config, 1, clock);
        assertThat(codeOf(late, Duration.ofMillis(1))).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        AtomicBoolean sent = new AtomicBoolean();
        late.start(it -> sent.set(true), Submission.getDefaultInstance());
        assertThat(sent).isFalse();
    }

    /** gRPC keeps no cancel of a call that has not started, nor takes a second one. */
    @Test
    void aCallThatIsGivenUpWhileItStartsIsCancelledOnceItHasStarted() {
        RemoteGeneration late = new RemoteGeneration(config, 1, clock);
        late.start(
                it -> {
                    it.beforeStart(call);
                    assertThat(codeOf(it, Duration.ofMillis(1))).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
                    assertThat(call.cancelled).isNull();
                },
                Submission.getDefaultInstance());
        assertThat(call.cancelled).isNotNull();
    }

    @Test
    void aCallThatCannotBeMadeIsThePodsFault() {
        RemoteGeneration failing = new RemoteGeneration(config, 1, clock);
        failing.start(
                it -> {
                    throw new IllegalStateException("closed");
                },
                Submission.getDefaultInstance());
        assertThat(codeOf(failing, Duration.ofSeconds(10))).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
    }

    /** The connection's thread moves others' answers too: a log that takes its time would hold them up. */
    @Test
    void whatIsWrongWithAPodIsLoggedByWhoeverWaitedForIt() {
        RemoteGeneration failing = new RemoteGeneration(config, 1, clock);
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger(RemoteGeneration.class.getName());
        log.addHandler(handler);
        try {
            failing.onError(new StatusException(Status.UNAVAILABLE));
            assertThat(logged).isEmpty();
            assertThat(codeOf(failing, Duration.ofSeconds(10))).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
            assertThat(logged).hasSize(1);
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void aPodThatDoesNotAnswerIsWaitedForNoLongerThanTheRequestHas() {
        assertThat(codeOfUnanswered(config, Duration.ofMillis(1))).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(call.cancelled).isNotNull();
        RemoteConfig impatient =
                new RemoteConfig("pod", 1, Optional.empty(), Duration.ofMillis(10), Duration.ofMillis(100), STALL);
        assertThat(codeOfUnanswered(impatient, Duration.ofSeconds(10))).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
    }

    @Test
    void anInterruptedSubmissionIsCancelledAndNotThePodsFault() {
        Thread.currentThread().interrupt();
        ErrorCode code = codeOfUnanswered(config, Duration.ofSeconds(1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(code).isEqualTo(ErrorCode.CANCELLED);
        assertThat(call.cancelled).isNotNull();
    }

    private Optional<EngineEvent> poll() throws InterruptedException {
        return generation.next(Duration.ZERO);
    }

    @Test
    void aPodThatSendsNothingLosesTheRequestWithASentence() throws Exception {
        clock.advance(ALMOST);
        assertThat(poll()).isEmpty();
        assertThat(call.cancelled).isNull();
        clock.advance(Duration.ofMillis(1));
        String why = "the runtime pod has sent nothing for 20000 ms, not even that it is alive; send the request again";
        assertThat(poll()).contains(new EngineEvent.Failed(0, ErrorCode.REPLICA_LOST, why));
        assertThat(poll()).contains(new EngineEvent.Failed(1, ErrorCode.REPLICA_LOST, why));
        assertThat(generation.isDone()).isTrue();
        assertThat(call.cancelled).isNotNull();
    }

    @Test
    void aPodThatSaysItIsAliveMayWaitForEver() throws Exception {
        int asked = call.requested;
        for (int i = 0; i < 100; i++) {
            clock.advance(ALMOST);
            generation.onNext(ALIVE);
            assertThat(poll()).isEmpty();
        }
        assertThat(call.requested - asked)
                .as("messages asked for in place of those that came")
                .isGreaterThanOrEqualTo(100);
    }

    @Test
    void theTimeAReaderTakesIsNotThePodsSilence() throws Exception {
        generation.onNext(started(0));
        generation.onNext(started(1));
        clock.advance(STALL.multipliedBy(3));
        assertThat(poll()).contains(new EngineEvent.Started(0, 3, 0));
        assertThat(poll()).contains(new EngineEvent.Started(1, 3, 0));
        assertThat(poll()).isEmpty();
        clock.advance(STALL);
        assertThat(poll()).get().isInstanceOf(EngineEvent.Failed.class);
    }

    @Test
    void messagesAreAskedForSeveralAtOnceAndBeforeThePodHasToWait() throws Exception {
        int received = 1; // accepted
        for (int i = 0; i < 100; i++) {
            assertThat(call.requested - received)
                    .as("messages the pod may send")
                    .isPositive();
            generation.onNext(token(i));
            received++;
            assertThat(poll()).contains(new EngineEvent.TokenGenerated(0, 7, i, null));
        }
        assertThat(call.requests).as("times more was asked for").isLessThanOrEqualTo(1 + 100 / 4);
    }

    @Test
    void scoresThatComeInPartsAreOneEvent() throws Exception {
        generation.onNext(scores(1, true, 5, 6));
        generation.onNext(scores(0, true, 8));
        assertThat(poll()).isEmpty();
        generation.onNext(scores(1, false, 7));
        assertThat(poll()).get().isInstanceOfSatisfying(EngineEvent.PromptScored.class, scored -> {
            assertThat(scored.choice()).isEqualTo(1);
            assertThat(scored.logprobs()).extracting("tokenId").containsExactly(5, 6, 7);
        });
    }

    private static Answer token(int position) {
        return answer(Event.newBuilder()
                .setToken(Token.newBuilder().setId(7).setPosition(position))
                .build());
    }

    private static Answer started(int choice) {
        return answer(Event.newBuilder()
                .setChoice(choice)
                .setStarted(Started.newBuilder().setPromptTokens(3))
                .build());
    }

    private static Answer scores(int choice, boolean more, int... tokens) {
        PromptScored.Builder scores = PromptScored.newBuilder().setMore(more);
        for (int token : tokens) {
            scores.addLogprobs(
                    Logprobs.newBuilder().setTokenId(token).setLogprob(-1f).setRank(1));
        }
        return answer(
                Event.newBuilder().setChoice(choice).setPromptScored(scores).build());
    }

    private static Answer answer(Event event) {
        return Answer.newBuilder()
                .setEvents(Events.newBuilder().addEvents(event))
                .build();
    }

    /** The sending half of a call that goes nowhere. */
    private static final class RecordingCall extends ClientCallStreamObserver<Command> {

        private int requests;
        private int requested;
        private @Nullable String cancelled;

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            cancelled = message;
        }

        @Override
        public void request(int count) {
            requests++;
            requested += count;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void disableAutoRequestWithInitial(int count) {
            requests++;
            requested += count;
        }

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(Command command) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
