package dev.foretoken.wire.server;

import dev.foretoken.wire.tls.GrpcTls;
import dev.foretoken.wire.tls.TlsMaterial;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A gRPC server that listens, each call on a virtual thread of its own. */
public final class ListeningServer implements AutoCloseable {

    /** Largest message that a pod takes, unless it is told otherwise: what gateways may send. */
    public static final int POD_MESSAGE_BYTES = 16 << 20;

    private static final int MAX_METADATA_BYTES = 16 << 10;
    private static final long KEEP_ALIVE_SECONDS = 10;
    private static final long TEARDOWN_SECONDS = 5;

    private final Server server;
    private final ExecutorService calls;
    private final EventLoopGroup loops;

    private ListeningServer(Server server, ExecutorService calls, EventLoopGroup loops) {
        this.server = server;
        this.calls = calls;
        this.loops = loops;
    }

    /**
     * Where to listen and how much to take.
     *
     * @param port 0 = any free one
     * @param maxConnections open at once; more are closed as they come
     * @param maxMessageBytes largest message taken
     * @param maxCalls at once on one connection
     * @param tls what connections are encrypted with; empty: they are not
     */
    public record Bounds(
            String host, int port, int maxConnections, int maxMessageBytes, int maxCalls, Optional<TlsMaterial> tls) {}

    /**
     * How long a connection may hold a place for nothing.
     *
     * @param handshake until it speaks gRPC
     * @param idle without a call; one whose headers do not end is none
     */
    record Patience(Duration handshake, Duration idle) {
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(20), Duration.ofMinutes(30));
    }

    /**
     * Starts to listen.
     *
     * @param guard sees every call first
     * @param services given the threads that calls run on
     * @throws IOException when the address cannot be bound
     */
    public static ListeningServer start(
            Bounds bounds, ServerInterceptor guard, Function<Executor, List<BindableService>> services)
            throws IOException {
        return start(bounds, Patience.DEFAULT, guard, services);
    }

    static ListeningServer start(
            Bounds bounds,
            Patience patience,
            ServerInterceptor guard,
            Function<Executor, List<BindableService>> services)
            throws IOException {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        EventLoopGroup loops = new NioEventLoopGroup(new DefaultThreadFactory("grpc-server", true));
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress(bounds.host(), bounds.port()))
                .channelFactory(() -> new BoundedServerChannel(bounds.maxConnections()))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(calls)
                .intercept(guard)
                .maxInboundMessageSize(bounds.maxMessageBytes())
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(bounds.maxCalls())
                .handshakeTimeout(patience.handshake().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(patience.idle().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
        bounds.tls().ifPresent(material -> builder.sslContext(GrpcTls.server(material)));
        services.apply(calls).forEach(builder::addService);
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            calls.shutdownNow();
            end(loops);
            throw e;
        }
        return new ListeningServer(server, calls, loops);
    }

    public int port() {
        return server.getPort();
    }

    public List<ServerServiceDefinition> services() {
        return server.getServices();
    }

    /**
     * Takes no new call, waits for the running ones at most {@code grace}, then ends them. The executor goes last: a server that cannot
     * hand a call its end leaves the connection open.
     */
    public void stop(Duration grace) {
        server.shutdown();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(TEARDOWN_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        calls.shutdown();
        end(loops);
    }

    private static void end(EventLoopGroup loops) {
        loops.shutdownGracefully(0, TEARDOWN_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
