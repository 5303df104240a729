package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.model.Contact;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.pod.v1.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pod that is gone is lost for as long as it is, and not for a moment alone. */
@Timeout(300)
class LostContactTest {

    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);
    private static final int TRIES = 5;

    /** What was known of the pod whenever it was about to be asked for reports. */
    private final BlockingQueue<Contact> known = new LinkedBlockingQueue<>();

    private final CompletableFuture<StateMirror> mirror = new CompletableFuture<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        server = listen(0);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    /** A pod that reports once whenever it is asked, and then keeps the call. */
    private static Server listen(int port) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .addService(new PodEngineGrpc.PodEngineImplBase() {
                    @Override
                    public void watch(WatchRequest request, StreamObserver<PodState> states) {
                        states.onNext(PodState.getDefaultInstance());
                    }
                })
                .build()
                .start();
    }

    private PodEngineGrpc.PodEngineBlockingV2Stub stub() {
        return PodEngineGrpc.newBlockingV2Stub(channel).withInterceptors(new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                known.add(mirror.join().contact());
                return next.newCall(method, options);
            }
        });
    }

    private @Nullable Contact next() throws InterruptedException {
        return known.poll(2, TimeUnit.MINUTES);
    }

    @Test
    void aPodIsLostUntilItReportsAgain() throws Exception {
        RemoteConfig config = new RemoteConfig(
                "127.0.0.1",
                server.getPort(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofMillis(20),
                Duration.ofMillis(200));
        try (StateMirror followed = new StateMirror(config, stub(), THREADS, System::nanoTime, () -> {})) {
            mirror.complete(followed);
            assertThat(next()).isEqualTo(Contact.AWAITED);
            assertThat(followed.awaitConnected(Duration.ofMinutes(2))).isTrue();
            int port = server.getPort();
            server.shutdownNow().awaitTermination();
            known.clear();
            for (int i = 0; i < TRIES; i++) {
                assertThat(next()).isEqualTo(Contact.LOST);
            }
            server = listen(port);
            while (followed.contact() != Contact.REPORTING) {
                Thread.sleep(5);
            }
        }
    }
}
