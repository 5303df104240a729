package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Calls are counted from their start to their end, whatever comes between. */
class CallCountTest {

    private final CallCount calls = new CallCount();

    private void start(Channel channel) {
        calls.interceptCall(PodEngineGrpc.getGenerateMethod(), CallOptions.DEFAULT, channel)
                .start(new ClientCall.Listener<>() {}, new Metadata());
    }

    @Test
    void aCallIsCountedUntilItCloses() {
        Nowhere channel = new Nowhere(false);
        start(channel);
        start(new Nowhere(false));
        assertThat(calls.open()).isEqualTo(2);
        channel.close();
        assertThat(calls.open()).isEqualTo(1);
    }

    @Test
    void aCallThatCannotStartIsNotCounted() {
        Nowhere channel = new Nowhere(true);
        assertThatThrownBy(() -> start(channel)).isInstanceOf(IllegalStateException.class);
        assertThat(calls.open()).isZero();
        channel.close(); // which it may say, too
        assertThat(calls.open()).isZero();
    }

    /** Starts calls that go nowhere, or fails to. */
    private static final class Nowhere extends Channel {

        private final boolean fails;
        private ClientCall.@Nullable Listener<?> listener;

        Nowhere(boolean fails) {
            this.fails = fails;
        }

        void close() {
            ClientCall.Listener<?> told = listener;
            if (told != null) {
                told.onClose(Status.CANCELLED, new Metadata());
            }
        }

        @Override
        public String authority() {
            return "nowhere";
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<A> reader, Metadata headers) {
                    listener = reader;
                    if (fails) {
                        throw new IllegalStateException("cancelled before");
                    }
                }

                @Override
                public void request(int count) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }
    }
}
