package dev.foretoken.gateway.grpc;

import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import dev.foretoken.wire.inference.ModelStreamInferResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/**
 * The inferences of one stream, one after another: the next is asked for when the answer before it is written, so that a stream holds one
 * request at a time. An inference that fails is answered with its error; the stream goes on.
 */
final class InferStream implements StreamObserver<ModelInferRequest> {

    private final InferCall call;
    private final ServerCallStreamObserver<ModelStreamInferResponse> responses;
    private final Executor calls;
    private final WaitingThread waiting = new WaitingThread();
    private boolean working;
    private boolean ended;

    InferStream(InferCall call, ServerCallStreamObserver<ModelStreamInferResponse> responses, Executor calls) {
        this.call = call;
        this.responses = responses;
        this.calls = calls;
        responses.disableAutoInboundFlowControl();
        responses.setOnCancelHandler(waiting::interrupt);
        responses.request(1);
    }

    @Override
    public void onNext(ModelInferRequest request) {
        synchronized (this) {
            working = true;
        }
        calls.execute(() -> {
            waiting.run(() -> send(answer(request)));
            done();
        });
    }

    private ModelStreamInferResponse answer(ModelInferRequest request) {
        try {
            return ModelStreamInferResponse.newBuilder()
                    .setInferResponse(call.answer(request))
                    .build();
        } catch (RuntimeException e) {
            // Logs what is ours; which inference it was, clients know by its id.
            CallStatus.of(e);
            return ModelStreamInferResponse.newBuilder()
                    .setErrorMessage(PublicError.of(e).message())
                    .setInferResponse(ModelInferResponse.newBuilder()
                            .setModelName(request.getModelName())
                            .setId(request.getId()))
                    .build();
        }
    }

    private void send(ModelStreamInferResponse response) {
        if (!responses.isCancelled()) {
            responses.onNext(response);
        }
    }

    private synchronized void done() {
        working = false;
        if (ended) {
            complete();
        } else {
            responses.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        waiting.interrupt();
    }

    @Override
    public synchronized void onCompleted() {
        ended = true;
        if (!working) {
            complete();
        }
    }

    private void complete() {
        if (!responses.isCancelled()) {
            responses.onCompleted();
        }
    }
}
