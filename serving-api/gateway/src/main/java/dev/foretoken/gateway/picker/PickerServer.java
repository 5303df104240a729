package dev.foretoken.gateway.picker;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.server.ListeningServer;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The port on which gateways ask for endpoints. A stream needs no credential of its own: it brings its caller's, which is looked at before anything
 * else of the request. Health is open.
 */
public final class PickerServer implements AutoCloseable {

    /** As many as requests under way by default: who has more opens another connection. */
    private static final int MAX_CALLS_PER_CONNECTION = 1024;

    private static final int MAX_HEALTH_CALLS = 16;
    /** Around a body that comes in one message. */
    private static final int ROOM_FOR_THE_REST = 256 << 10;

    private final ListeningServer server;
    private final ScheduledThreadPoolExecutor clock;

    private PickerServer(ListeningServer server, ScheduledThreadPoolExecutor clock) {
        this.server = server;
        this.clock = clock;
    }

    /**
     * Starts to listen.
     *
     * @throws ForetokenException CONFIG_INVALID when the address cannot be bound
     */
    public static PickerServer start(PickerConfig config, Gateway gateway) {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("picker-alarms").factory());
        clock.setRemoveOnCancelPolicy(true);
        try {
            return new PickerServer(start(config, gateway, alarms(clock)), clock);
        } catch (IOException e) {
            clock.shutdownNow();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot listen on " + config.host() + ":" + config.port() + " (" + e.getMessage()
                            + "); choose another --picker-port",
                    e);
        }
    }

    /** With alarms of a test's own. */
    static ListeningServer start(PickerConfig config, Gateway gateway, Alarms alarms) throws IOException {
        return ListeningServer.start(
                new ListeningServer.Bounds(
                        config.host(),
                        config.port(),
                        gateway.config().http().maxConnections(),
                        gateway.config().http().maxBodyBytes() + ROOM_FOR_THE_REST,
                        MAX_CALLS_PER_CONNECTION,
                        gateway.tls()),
                new NoGuard(),
                calls -> List.of(new PickerService(gateway, alarms), health(gateway)));
    }

    /** Its calls too bring a message that nobody has looked at. */
    private static BindableService health(Gateway gateway) {
        return () -> ServerInterceptors.intercept(new PickerHealth(gateway), new FewCalls(MAX_HEALTH_CALLS));
    }

    /** A task may wait for a stream that chooses just then: never on the clock's own thread. */
    private static Alarms alarms(ScheduledThreadPoolExecutor clock) {
        return (time, task) -> {
            ScheduledFuture<?> alarm = clock.schedule(
                    () -> {
                        Thread.ofVirtual().name("picker-alarm").start(task);
                    },
                    time.toMillis(),
                    TimeUnit.MILLISECONDS);
            return () -> alarm.cancel(false);
        };
    }

    /** Each request says itself whose it is. */
    private static final class NoGuard implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(call, headers);
        }
    }

    public int port() {
        return server.port();
    }

    /** Takes no new stream, waits for the running ones at most {@code grace}, then ends them. */
    public void stop(Duration grace) {
        server.stop(grace);
        clock.shutdownNow();
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
