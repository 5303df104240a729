package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.pod.v1.CacheEvents;
import dev.foretoken.wire.pod.v1.PodEngineGrpc;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.pod.v1.WatchCacheRequest;
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
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails while a pod is followed, as nobody thought that it could, does not end the following. */
@Timeout(300)
class MirrorFailureTest {

    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    private final CountDownLatch asked = new CountDownLatch(1);
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addService(new PodEngineGrpc.PodEngineImplBase() {
                    @Override
                    public void watch(WatchRequest request, StreamObserver<PodState> states) {
                        states.onNext(PodState.getDefaultInstance());
                    }

                    @Override
                    public void watchCache(WatchCacheRequest request, StreamObserver<CacheEvents> events) {
                        asked.countDown();
                    }
                })
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    /** The first call of it fails on the way out. */
    private PodEngineGrpc.PodEngineBlockingV2Stub stub() {
        AtomicBoolean failed = new AtomicBoolean();
        return PodEngineGrpc.newBlockingV2Stub(channel).withInterceptors(new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                if (failed.compareAndSet(false, true)) {
                    throw new IllegalStateException("planted");
                }
                return next.newCall(method, options);
            }
        });
    }

    @Test
    void theStateOfAPodIsFollowedFurther() throws Exception {
        RemoteConfig config = new RemoteConfig(
                "127.0.0.1",
                server.getPort(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofMillis(20),
                Duration.ofMinutes(1));
        try (StateMirror mirror = new StateMirror(config, stub(), THREADS, System::nanoTime, () -> {})) {
            assertThat(mirror.awaitConnected(Duration.ofMinutes(2))).isTrue();
        }
    }

    @Test
    void whatAPodHoldsIsFollowedFurther() throws Exception {
        PrefixDirectory directory = new PrefixDirectory(new byte[32], 16);
        try (CacheMirror _ = new CacheMirror("p", stub(), directory, THREADS)) {
            assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }
}
