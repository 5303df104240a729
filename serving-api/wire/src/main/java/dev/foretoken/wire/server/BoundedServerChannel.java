package dev.foretoken.wire.server;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A listening socket that has at most so many connections open; more are closed as they come, before anything is read of them. */
final class BoundedServerChannel extends NioServerSocketChannel {

    private final int mostConnections;
    private final AtomicInteger open = new AtomicInteger();

    BoundedServerChannel(int mostConnections) {
        this.mostConnections = mostConnections;
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        int read = super.doReadMessages(accepted);
        if (read > 0 && accepted.getLast() instanceof Channel connection && !take(connection)) {
            accepted.removeLast();
            connection.unsafe().closeForcibly();
        }
        return read;
    }

    private boolean take(Channel connection) {
        if (open.incrementAndGet() > mostConnections) {
            open.decrementAndGet();
            return false;
        }
        connection.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }
}
