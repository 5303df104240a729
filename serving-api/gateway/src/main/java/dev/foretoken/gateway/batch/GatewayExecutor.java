package dev.foretoken.gateway.batch;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.call.ErrorForm;
import dev.foretoken.gateway.call.Refusals;
import dev.foretoken.gateway.call.RequestIds;
import dev.foretoken.gateway.call.WholeReply;
import dev.foretoken.gateway.error.PublicError;
import java.util.Optional;

/**
 * Runs requests of batches as the HTTP routes of their endpoints run them: equal requests get equal answers, but for ids and times. A request's
 * class is that of its batch, or a less urgent one that its body names.
 */
public final class GatewayExecutor implements BatchExecutor {

    private final Gateway gateway;
    private final EngineRoom room;

    public GatewayExecutor(Gateway gateway) {
        this.gateway = gateway;
        this.room = new EngineRoom(gateway.catalog(), gateway.clocks().nanos());
    }

    @Override
    public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
        String requestId = RequestIds.acceptOrMake(request.id(), gateway);
        if (cancel.isCancelled()) {
            return refused(request, requestId, cancelled());
        }
        CancelledThread thread = new CancelledThread();
        try {
            BatchCall call = new BatchCall(gateway, request, requestId, cancel);
            cancel.onCancel(thread::cancel);
            WholeReply reply = new BatchRun(call, request, thread).answer();
            thread.end();
            return new BatchAnswer(reply.status(), requestId, reply.body(), Optional.empty());
        } catch (InterruptedException e) {
            if (thread.end()) {
                return refused(request, requestId, cancelled());
            }
            throw e;
        } catch (RuntimeException e) {
            if (thread.end()) {
                return refused(request, requestId, cancelled());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("the thread of request " + requestId + " was interrupted");
            }
            return refused(request, requestId, e);
        }
    }

    private static ForetokenException cancelled() {
        return new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled");
    }

    private static BatchAnswer refused(BatchRequest request, String requestId, RuntimeException failure) {
        PublicError error = Refusals.publish(requestId, failure);
        WholeReply reply = WholeReply.of(error, ErrorForm.of(request.endpoint().path()));
        return new BatchAnswer(reply.status(), requestId, reply.body(), Optional.of(error.code()));
    }

    @Override
    public Room room() {
        return room.now();
    }
}
