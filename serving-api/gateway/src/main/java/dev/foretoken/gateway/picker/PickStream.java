package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.wire.extproc.ProcessingRequest;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * A conversation over gRPC: one message is taken at a time, and none while the gateway takes no answers. A body that does not come, and a request
 * that nobody ends, end with their time.
 */
final class PickStream implements StreamObserver<ProcessingRequest> {

    private static final Logger LOG = Logger.getLogger(PickStream.class);

    private final PickConversation conversation;
    private final Gateway gateway;
    private final ServerCallStreamObserver<ProcessingResponse> responses;
    private final Alarms alarms;
    private final PickerMetrics metrics;
    private Runnable disarm = () -> {};
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
        responses.request(1);
        arm(gateway.config().http().bodyTimeout());
    }

    @Override
    public synchronized void onNext(ProcessingRequest message) {
        if (over) {
            return;
        }
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

    private void arm(Duration time) {
        disarm.run();
        disarm = alarms.after(time, this::expire);
    }

    private synchronized void expire() {
        if (over) {
            return;
        }
        if (picked) {
            complete();
        } else {
            refuse(new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the body did not arrive within "
                            + gateway.config().http().bodyTimeout().toMillis() + " ms"));
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
            conversation.close();
        }
    }
}
