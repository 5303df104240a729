package dev.foretoken.gateway.remote;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that were started and have not closed. */
final class CallCount implements ClientInterceptor {

    private final AtomicInteger open = new AtomicInteger();

    int open() {
        return open.get();
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                Closing<A> closing = new Closing<>(listener);
                open.incrementAndGet();
                try {
                    super.start(closing, headers);
                } catch (RuntimeException e) {
                    closing.count();
                    throw e;
                }
            }
        };
    }

    private final class Closing<A> extends SimpleForwardingClientCallListener<A> {

        private final AtomicBoolean counted = new AtomicBoolean();

        Closing(ClientCall.Listener<A> listener) {
            super(listener);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            count();
            super.onClose(status, trailers);
        }

        /** A call that could not start may say that it has closed, too. */
        void count() {
            if (!counted.getAndSet(true)) {
                open.decrementAndGet();
            }
        }
    }
}
