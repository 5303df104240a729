package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a connection may send before anybody knows who it is. */
@QuarkusTest
class ConnectionLimitsTest {

    private static final String GET =
            "GET /version HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TestEdge.KEY + "\r\n";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void reset() {
        edge.reset();
    }

    private String answer(String request) throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            connection.send(request);
            return connection.readUntil("\r\n\r\n");
        }
    }

    @Test
    void refusesLongHeaders() throws Exception {
        assertThat(answer(GET + "X-Long: " + "x".repeat(8_000) + "\r\n\r\n")).startsWith("HTTP/1.1 200");
        assertThat(answer(GET + "X-Long: " + "x".repeat(64_000) + "\r\n\r\n")).startsWith("HTTP/1.1 431");
    }

    @Test
    void refusesManyHeaders() throws Exception {
        assertThat(answer(GET + "X-Many: x\r\n".repeat(10_000) + "\r\n")).startsWith("HTTP/1.1 431");
    }

    @Test
    void refusesLongPaths() throws Exception {
        assertThat(answer("GET /" + "x".repeat(64_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .contains(" 414 ");
    }

    /** Two lengths are how one request hides in another. */
    @Test
    void refusesBodiesOfTwoLengths() throws Exception {
        for (String lengths : List.of(
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: -1",
                "Content-Length: 5, 6")) {
            assertThat(answer(GET.replace("GET /version", "POST /v1/completions") + lengths + "\r\n\r\n0\r\n\r\n"))
                    .as(lengths)
                    .startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void servesOthersWhileManySendTheirHeadersSlowly() throws Exception {
        List<RawConnection> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawConnection connection = new RawConnection(root);
                slow.add(connection);
                connection.send("POST /v1/completions HTTP/1.1\r\nX-Sl");
            }
            assertThat(new Calls(root).get("/version").status()).isEqualTo(200);
            assertThat(edge.gateway.admission().underWay()).isZero();
        } finally {
            for (RawConnection connection : slow) {
                connection.close();
            }
        }
    }
}
