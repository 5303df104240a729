package dev.foretoken.wire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A port has so many connections at once and no more. */
@Timeout(300)
class ConnectionBoundTest {

    private static final int MOST = 3;

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
            Socket next = Connections.connect(server);
            if (isTaken(next)) {
                return next;
            }
            next.close();
        }
    }

    @Test
    void moreAreClosedAsTheyComeUntilOthersHaveLeft() throws IOException {
        try (ListeningServer server = Connections.server(MOST, ListeningServer.Patience.DEFAULT);
                Socket first = Connections.connect(server);
                Socket second = Connections.connect(server);
                Socket third = Connections.connect(server)) {
            assertThat(List.of(first, second, third)).allMatch(ConnectionBoundTest::isTaken);
            for (int i = 0; i < 2 * MOST; i++) { // Those that were closed take no place.
                try (Socket more = Connections.connect(server)) {
                    assertThat(isTaken(more)).isFalse();
                }
            }
            second.close();
            try (Socket fourth = connectUntilTaken(server);
                    Socket fifth = Connections.connect(server)) {
                assertThat(isTaken(fifth))
                        .as("beside one that came for one that left")
                        .isFalse();
            }
        }
    }
}
