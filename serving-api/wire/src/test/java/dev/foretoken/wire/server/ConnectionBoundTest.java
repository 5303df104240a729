package dev.foretoken.wire.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port has so many connections at once and no more. */
@Timeout(300)
class ConnectionBoundTest {

    private static final int MOST = 3;

    private static ListeningServer server() throws IOException {
        return ListeningServer.start(
                new ListeningServer.Bounds("127.0.0.1", 0, MOST, 1 << 20, 8, Optional.empty()),
                new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        return next.startCall(call, headers);
                    }
                },
                calls -> List.of());
    }

    private static Socket connect(ListeningServer server) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(120_000);
        socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 120_000);
        return socket;
    }

    /** The server's settings are the first thing a connection gets that it keeps. */
    private static boolean isTaken(Socket connection) {
        try {
            return connection.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false; // reset: it was closed as it came
        }
    }

    private static Socket connectUntilTaken(ListeningServer server) throws IOException {
        while (true) {
            Socket next = connect(server);
            if (isTaken(next)) {
                return next;
            }
            next.close();
        }
    }

    @Test
    void moreAreClosedAsTheyComeUntilOthersHaveLeft() throws IOException {
        try (ListeningServer server = server();
                Socket first = connect(server);
                Socket second = connect(server);
                Socket third = connect(server)) {
            assertThat(List.of(first, second, third)).allMatch(ConnectionBoundTest::isTaken);
            for (int i = 0; i < 2 * MOST; i++) { // Those that were closed take no place.
                try (Socket more = connect(server)) {
                    assertThat(isTaken(more)).isFalse();
                }
            }
            second.close();
            try (Socket fourth = connectUntilTaken(server);
                    Socket fifth = connect(server)) {
                assertThat(isTaken(fifth))
                        .as("beside one that came for one that left")
                        .isFalse();
            }
        }
    }
}
