package dev.foretoken.wire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that ask for nothing end, however slowly they do that. */
@Timeout(300)
class SlowConnectionTest {

    private static final int GOAWAY = 7;
    private static final int FLAGS_AND_STREAM = 5;
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static ListeningServer server(Duration handshake, Duration idle) throws IOException {
        return Connections.server(100, new ListeningServer.Patience(handshake, idle));
    }

    private static void send(Socket socket, byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Fails where nothing comes for so long as the socket waits. */
    private static void readToTheEnd(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[1024];
        int read = in.read(buffer);
        while (read >= 0) {
            read = in.read(buffer);
        }
        assertThat(read).isNegative();
    }

    /** Up to a frame of GOAWAY, with which the server begins to close a connection: a client that answers nothing is waited for ten seconds. */
    private static void readGoodbye(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int type = 0;
        while (type != GOAWAY) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            type = in.readUnsignedByte();
            in.skipNBytes(FLAGS_AND_STREAM + length);
        }
        assertThat(type).isEqualTo(GOAWAY);
    }

    @Test
    void oneThatSaysNothingOrOnlyBeginsTo() throws IOException {
        try (ListeningServer server = server(SHORT, LONG);
                Socket silent = Connections.connect(server);
                Socket begun = Connections.connect(server)) {
            send(begun, "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII));
            readToTheEnd(silent);
            readToTheEnd(begun);
        }
    }

    @Test
    void oneThatSpeaksTheProtocolAndCallsNothingOrDoesNotEndItsHeaders() throws IOException {
        try (ListeningServer server = server(LONG, SHORT);
                Socket quiet = Connections.connect(server);
                Socket slow = Connections.connect(server)) {
            for (Socket socket : List.of(quiet, slow)) {
                send(socket, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                send(socket, (byte) 0, (byte) 0, (byte) 0, (byte) 4, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
            }
            // HEADERS of stream 1, of one byte (:method: POST), without END_HEADERS
            send(slow, (byte) 0, (byte) 0, (byte) 1, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
            send(slow, (byte) 0x83);
            readGoodbye(quiet);
            readGoodbye(slow);
        }
    }
}
