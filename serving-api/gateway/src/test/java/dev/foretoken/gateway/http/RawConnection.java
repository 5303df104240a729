package dev.foretoken.gateway.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A socket that speaks HTTP only as far as a test writes it, and can leave at any moment. */
final class RawConnection implements AutoCloseable {

    private final Socket socket = new Socket();

    RawConnection(URI root) throws IOException {
        this(root, 64 << 10);
    }

    RawConnection(URI root, int receiveBuffer) throws IOException {
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(120_000);
        socket.connect(new InetSocketAddress(root.getHost(), root.getPort()), 120_000);
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    void post(String path, String body) throws IOException {
        send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + TestEdge.KEY + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Sends {@code text} again and again until the other side takes no more, at most so often; returns how often it did. */
    int sendUntilRefused(String text, int most, Duration pause) throws InterruptedException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int sent = 0; sent < most; sent++) {
            try {
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                return sent;
            }
            Thread.sleep(pause);
        }
        return most;
    }

    /** What arrives up to and with {@code end}, or up to the end of the connection. */
    String readUntil(String end) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.UTF_8).endsWith(end)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            bytes.write(next);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Reads and forgets up to the end of a chunked body. */
    void drain() throws IOException {
        byte[] buffer = new byte[16 << 10];
        int filled = 0;
        while (filled >= 0) {
            filled = socket.getInputStream().read(buffer);
            String tail = new String(
                    buffer, Math.max(0, filled - 5), Math.min(5, Math.max(0, filled)), StandardCharsets.US_ASCII);
            if (tail.equals("0\r\n\r\n")) {
                return;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
