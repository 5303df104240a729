package dev.foretoken.gateway.picker;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.Semaphore;

/** Lets so many calls of all connections be under way; refuses others before a message of theirs is read. */
final class FewCalls implements ServerInterceptor {

    private final int most;
    private final Semaphore places;

    FewCalls(int most) {
        this.most = most;
        this.places = new Semaphore(most);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!places.tryAcquire()) {
            call.close(
                    Status.RESOURCE_EXHAUSTED.withDescription(most + " such calls are under way, the limit"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onComplete() {
                places.release();
                super.onComplete();
            }

            @Override
            public void onCancel() {
                places.release();
                super.onCancel();
            }
        };
    }
}
