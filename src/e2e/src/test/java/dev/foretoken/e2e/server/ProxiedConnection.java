package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** Two sockets, of which each gets what the other one sends, by a thread per direction. */
final class ProxiedConnection {

    private static final int CHUNK = 16 << 10;

    private final Socket caller;
    private final Socket target;
    private boolean stalled;
    private boolean closed;

    ProxiedConnection(Socket caller, Socket target) {
        this.caller = caller;
        this.target = target;
    }

    /** {@code ended} is told once or twice. */
    void start(Runnable ended) {
        Thread.ofVirtual().name("proxy-up").start(() -> carry(caller, target, ended));
        Thread.ofVirtual().name("proxy-down").start(() -> carry(target, caller, ended));
    }

    private void carry(Socket from, Socket to, Runnable ended) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[CHUNK];
            for (int size = in.read(chunk); size >= 0 && mayPass(); size = in.read(chunk)) {
                out.write(chunk, 0, size);
            }
        } catch (IOException e) {
            // One side has gone: so has the other, below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            ended.run();
        }
    }

    /** Waits while nothing may pass; false when nothing ever will. */
    private synchronized boolean mayPass() throws InterruptedException {
        while (stalled && !closed) {
            wait();
        }
        return !closed;
    }

    synchronized void stall() {
        stalled = true;
    }

    synchronized void resume() {
        stalled = false;
        notifyAll();
    }

    void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        closeQuietly(caller);
        closeQuietly(target);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
