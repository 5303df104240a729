package dev.foretoken.gateway.http;

import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.gateway.Gateway;
import io.netty.channel.Channel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Iterator;
import java.util.function.LongSupplier;

/**
 * Closes connections that have had no request for too long: silent ones, and those whose headers come a byte at a time. The library knows
 * silence alone, which such a client never keeps; and it tells nobody of a connection before its first request. So all connections of the event
 * loops are looked at, now and then, each on its own loop.
 */
@Singleton
final class ConnectionWatch {

    private static final AttributeKey<Quiet> QUIET = AttributeKey.valueOf(ConnectionWatch.class, "quiet");
    private static final Metric CLOSED = Metric.of(
            "foretoken_http_quiet_connections_closed_total",
            "Connections closed because they had no request for too long");
    private static final int LOOKS = 8;
    private static final String GRPC = "io.grpc.";

    private final Vertx vertx;
    private final LongSupplier nanoClock;
    private final long most;
    private final Counter closed;
    private long timer = -1;

    @Inject
    ConnectionWatch(Vertx vertx, Gateway gateway) {
        this.vertx = vertx;
        this.nanoClock = gateway.clocks().nanos();
        this.most = gateway.config().http().quietTimeout().toNanos();
        this.closed = gateway.telemetry().counter(CLOSED);
    }

    /** Since when a connection has no request. Requests end on threads of their own. */
    private static final class Quiet {
        private long since;
        private int requests;

        private Quiet(long now) {
            since = now;
        }

        synchronized void begin() {
            requests++;
        }

        synchronized void end(long now) {
            requests--;
            since = now;
        }

        synchronized boolean isLongerThan(long nanos, long now) {
            return requests == 0 && now - since > nanos;
        }
    }

    synchronized void start() {
        if (timer < 0) {
            timer = vertx.setPeriodic(Math.max(1, most / 1_000_000 / LOOKS), any -> lookAtAll());
        }
    }

    @PreDestroy
    synchronized void stop() {
        vertx.cancelTimer(timer);
    }

    /** A request has come: its connection is not quiet until it is over. */
    void follow(RoutingContext routing) {
        HttpConnection connection = routing.request().connection();
        if (connection instanceof ConnectionBase base) {
            Quiet quiet = of(base.channel());
            quiet.begin();
            routing.addEndHandler(end -> quiet.end(nanoClock.getAsLong()));
        }
    }

    private Quiet of(Channel channel) {
        Quiet known = channel.attr(QUIET).get();
        if (known != null) {
            return known;
        }
        Quiet fresh = new Quiet(nanoClock.getAsLong());
        Quiet sooner = channel.attr(QUIET).setIfAbsent(fresh);
        return sooner == null ? fresh : sooner;
    }

    private void lookAtAll() {
        for (EventExecutor executor : ((VertxInternal) vertx).getEventLoopGroup()) {
            if (executor instanceof SingleThreadEventLoop loop) {
                loop.execute(() -> look(loop));
            }
        }
    }

    private void look(SingleThreadEventLoop loop) {
        long now = nanoClock.getAsLong();
        for (Iterator<Channel> channels = loop.registeredChannelsIterator(); channels.hasNext(); ) {
            Channel channel = channels.next();
            if (isTaken(channel) && of(channel).isLongerThan(most, now)) {
                closed.increment();
                channel.close();
            }
        }
    }

    /** Whether somebody connected to us, by HTTP. */
    private static boolean isTaken(Channel channel) {
        return channel.parent() != null
                && channel.pipeline().toMap().values().stream()
                        .noneMatch(handler -> handler.getClass().getName().startsWith(GRPC));
    }
}
