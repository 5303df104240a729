package dev.foretoken.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wire to PostgreSQL that breaks once, after a transaction was asked to commit and before the answer is back. */
public final class CutWire implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final ServerSocket door;
    private final URI target;
    private volatile String statement = "";

    /** @param url of a database of {@link DatabaseKind#POSTGRESQL} */
    public CutWire(String url) throws IOException {
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.target = URI.create(url.substring("jdbc:".length()));
        Thread.ofVirtual().start(this::accept);
    }

    /** The same database behind this wire; its driver names what it does each time. */
    public String url(String url) {
        return url.replace(target.getAuthority(), "localhost:" + door.getLocalPort()) + "&prepareThreshold=0";
    }

    /** Breaks after the commit of the next transaction that has the statement. */
    public void cutAfterCommitOf(String begin) {
        statement = begin;
    }

    /** Whether it has broken since it was told to. */
    public boolean isCut() {
        return statement.isEmpty();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket server = new Socket(target.getHost(), target.getPort());
                Thread.ofVirtual().start(() -> ask(client, server));
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** One connection: what is asked is read here, what is answered beside it. */
    private void ask(Socket client, Socket server) {
        CountDownLatch committed = new CountDownLatch(1);
        boolean[] cut = new boolean[1];
        Thread.ofVirtual().start(() -> answer(client, server, cut, committed));
        try (client;
                server) {
            InputStream in = client.getInputStream();
            OutputStream out = server.getOutputStream();
            byte[] bytes = new byte[BUFFER];
            boolean marked = false;
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                String text = new String(bytes, 0, read, StandardCharsets.ISO_8859_1);
                marked |= !statement.isEmpty() && text.contains(statement);
                boolean last = marked && text.contains("COMMIT");
                synchronized (cut) {
                    cut[0] = last;
                }
                out.write(bytes, 0, read);
                if (last) {
                    committed.await(1, TimeUnit.MINUTES);
                    statement = "";
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // the other side has gone
        }
    }

    private static void answer(Socket client, Socket server, boolean[] cut, CountDownLatch committed) {
        try (client;
                server) {
            InputStream in = server.getInputStream();
            OutputStream out = client.getOutputStream();
            byte[] bytes = new byte[BUFFER];
            for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
                synchronized (cut) {
                    if (cut[0]) {
                        committed.countDown();
                        return;
                    }
                }
                out.write(bytes, 0, read);
            }
        } catch (IOException e) {
            // the other side has gone
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
