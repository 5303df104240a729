package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A conversation over gRPC: one message is taken at a time, and none while the gateway takes no answers, or before it is the stream's turn. A head or
 * a body that does not come, and a request that nobody ends, end with their time.
 */
final class PickStream implements StreamObserver<ProcessingRequest> {

    private static final Logger LOG = Logger.getLogger(PickStream.class);
    /** A gateway opens a stream when it has a head to tell of. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(5);

    private final PickConversation conversation;
    private final Gateway gateway;
    private final ServerCallStreamObserver<ProcessingResponse> responses;
    private final Alarms alarms;
    private final PickerMetrics metrics;
    private Runnable disarm = () -> {};
    private FirstMessages.@Nullable Turn turn;
    private int armed;
    private boolean begun;
    private boolean picked;
    private boolean owed;
    private boolean over;

    PickStream(
            PickConversation conversation,
            Gateway gateway,
            ServerCallStreamObserver<ProcessingResponse> responses,
            Alarms alarms,
            PickerMetrics metrics) {
        this.conversation = conversation;
        this.gateway = gateway;
        this.responses = responses;
        this.alarms = alarms;
        this.metrics = metrics;
        responses.disableAutoInboundFlowControl();
        responses.setOnCancelHandler(this::end);
        responses.setOnReadyHandler(this::goOn);
    }

    /** Asks for the first message when it may. */
    synchronized void begin(FirstMessages first) {
        arm(gateway.config().http().bodyTimeout());
        try {
            turn = first.enter(this::ask);
        } catch (ForetokenException e) {
            metrics.refused(e.code());
            end();
            responses.onError(
                    Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()).asRuntimeException());
        }
    }

    private synchronized void ask() {
        if (!over) {
            arm(HEAD_TIMEOUT);
            responses.request(1);
        }
    }

    @Override
    public synchronized void onNext(ProcessingRequest message) {
        if (over) {
            return;
        }
        noteBegin();
        if (message.getObservabilityMode()) {
            complete(); // It would hear nothing of a choice.
            return;
        }
        try {
            for (ProcessingResponse response : conversation.answer(message)) {
                responses.onNext(response);
            }
            notePick();
            takeMore();
        } catch (StatusRuntimeException e) {
            LOG.debugf("an endpoint was asked for in vain: %s", e.getStatus().getDescription());
            metrics.refused(ErrorCode.CONFIG_INVALID);
            end();
            responses.onError(e);
        } catch (RuntimeException e) {
            refuse(e);
        }
    }

    private void noteBegin() {
        if (!begun) {
            begun = true;
            endTurn();
            arm(gateway.config().http().bodyTimeout());
        }
    }

    private void endTurn() {
        if (turn != null) {
            turn.close();
        }
    }

    private void notePick() {
        if (!picked && conversation.isDecided()) {
            picked = true;
            metrics.picked();
            arm(gateway.answers().limits().maxTimeout());
        }
    }

    /** Before an endpoint was chosen the caller is told; behind that the gateway can only be left alone. */
    private void refuse(RuntimeException failure) {
        PublicError error = PublicError.of(failure);
        if (error.isOurs()) {
            LOG.error("an endpoint could not be chosen", failure);
        }
        metrics.refused(error.code());
        if (!picked) {
            responses.onNext(PickReplies.refusal(error, conversation.route()));
        }
        complete();
    }

    private void takeMore() {
        if (responses.isReady()) {
            responses.request(1);
        } else {
            owed = true;
        }
    }

    private synchronized void goOn() {
        if (owed && !over) {
            owed = false;
            responses.request(1);
        }
    }

    /** In place of the alarm before, which may have rung already and wait for this stream. */
    private void arm(Duration time) {
        disarm.run();
        int alarm = ++armed;
        disarm = alarms.after(time, () -> expire(alarm, time));
    }

    private synchronized void expire(int alarm, Duration time) {
        if (over || alarm != armed) {
            return;
        }
        if (picked) {
            complete();
        } else {
            refuse(new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the " + (begun ? "body" : "head") + " did not arrive within " + time.toMillis() + " ms"));
        }
    }

    @Override
    public void onError(Throwable failure) {
        end(); // The gateway is gone.
    }

    @Override
    public synchronized void onCompleted() {
        if (!over) {
            complete();
        }
    }

    private void complete() {
        end();
        responses.onCompleted();
    }

    private synchronized void end() {
        if (!over) {
            over = true;
            disarm.run();
            endTurn();
            conversation.close();
        }
    }
}
