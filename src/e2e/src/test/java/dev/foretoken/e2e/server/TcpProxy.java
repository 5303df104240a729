package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A network that can fail: forwards connections to a port of this machine, and cuts or stalls those that are open. */
public final class TcpProxy implements AutoCloseable {

    private static final int BACKLOG = 128;

    private final ServerSocket listening;
    private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile int port;

    private TcpProxy(ServerSocket listening, int port) {
        this.listening = listening;
        this.port = port;
    }

    public static TcpProxy to(int port) {
        try {
            TcpProxy proxy = new TcpProxy(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), port);
            Thread.ofVirtual().name("proxy-accept").start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** HOST:PORT of this side. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** How many there were so far. */
    public int connections() {
        return connections.get();
    }

    /** Where connections go from now on. */
    public void target(int newPort) {
        port = newPort;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                connect(listening.accept());
            } catch (IOException e) {
                // Closed: the loop ends.
            }
        }
    }

    /** A target that does not listen refuses: the caller sees its connection end at once. */
    private void connect(Socket caller) throws IOException {
        try {
            Socket target = new Socket(InetAddress.getLoopbackAddress(), port);
            ProxiedConnection connection = new ProxiedConnection(caller, target);
            open.add(connection);
            connections.incrementAndGet();
            connection.start(() -> open.remove(connection));
        } catch (IOException e) {
            caller.close();
        }
    }

    /** Ends the open connections without a word. */
    public void cut() {
        open.forEach(ProxiedConnection::close);
    }

    /** The open connections stay open and carry nothing any more, in neither direction; new ones do. */
    public void stall() {
        open.forEach(ProxiedConnection::stall);
    }

    /** What was stalled goes on, with nothing lost. */
    public void resume() {
        open.forEach(ProxiedConnection::resume);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
