package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.gateway.answer.AnswerLimits;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a connection may send before anybody knows who it is. */
@QuarkusTest
class ConnectionLimitsTest {

    private static final String GET =
            "GET /version HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + TestEdge.KEY + "\r\n";

    /** Line ends count in part. */
    private static final int SLACK = 8;

    @Inject
    TestEdge edge;

    @Inject
    AdminPort admin;

    @Inject
    VertxHttpConfig http;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void reset() {
        edge.reset();
    }

    private URI adminRoot() {
        return Calls.ofOperator(admin).root();
    }

    private static String answer(URI to, String request) throws Exception {
        try (RawConnection connection = new RawConnection(to)) {
            connection.send(request);
            return connection.readUntil("\r\n\r\n");
        }
    }

    @Test
    void refusesLongHeaders() throws Exception {
        assertThat(answer(root, headers(16 << 10))).startsWith("HTTP/1.1 200");
        assertThat(answer(root, headers((16 << 10) + SLACK))).startsWith("HTTP/1.1 431");
        assertThat(answer(adminRoot(), headers(8 << 10))).startsWith("HTTP/1.1 200");
        assertThat(answer(adminRoot(), headers((8 << 10) + SLACK))).startsWith("HTTP/1.1 431");
    }

    /** A request whose header lines are so many bytes together. */
    private static String headers(int bytes) {
        String known = "Host: localhost\r\nX-Long: \r\n";
        return "GET /health/live HTTP/1.1\r\n"
                + known.replace("X-Long: ", "X-Long: " + "x".repeat(bytes - known.length())) + "\r\n";
    }

    @Test
    void refusesManyHeaders() throws Exception {
        assertThat(answer(root, GET + "X-Many: x\r\n".repeat(10_000) + "\r\n")).startsWith("HTTP/1.1 431");
    }

    @Test
    void refusesLongPaths() throws Exception {
        assertThat(answer(root, path(8 << 10))).startsWith("HTTP/1.1 200");
        assertThat(answer(root, path((8 << 10) + SLACK))).contains(" 414 ");
        assertThat(answer(adminRoot(), path(4 << 10))).startsWith("HTTP/1.1 200");
        assertThat(answer(adminRoot(), path((4 << 10) + SLACK))).contains(" 414 ");
    }

    /** A request whose first line is so many bytes. */
    private static String path(int bytes) {
        String known = "GET /health/live? HTTP/1.1\r\n";
        return known.replace("?", "?" + "x".repeat(bytes - known.length())) + "Host: localhost\r\n\r\n";
    }

    /** An answer that is not streamed is silence until it is whole. */
    @Test
    void noAnswerMayTakeLongerThanItsConnectionMayBeSilent() {
        assertThat(http.idleTimeout())
                .isGreaterThan(AnswerLimits.DEFAULT.maxTimeout())
                .isGreaterThan(edge.gateway.config().answers().maxTimeout());
    }

    /** Two lengths are how one request hides in another. */
    @Test
    void refusesBodiesOfTwoLengths() throws Exception {
        for (String lengths : List.of(
                "Content-Length: 5\r\nContent-Length: 6",
                "Content-Length: 5\r\nTransfer-Encoding: chunked",
                "Content-Length: -1",
                "Content-Length: 5, 6")) {
            assertThat(answer(
                            root, GET.replace("GET /version", "POST /v1/completions") + lengths + "\r\n\r\n0\r\n\r\n"))
                    .as(lengths)
                    .startsWith("HTTP/1.1 400");
        }
    }

    /** Longer than a connection may be without a request, for one that has one. */
    @Test
    void closesConnectionsThatAskForNothingHoweverSlowly() throws Exception {
        int token = edge.tokenizer.encode("A", false)[0];
        try (RawConnection busy = new RawConnection(root);
                RawConnection silent = new RawConnection(root);
                RawConnection slow = new RawConnection(root);
                RawConnection between = new RawConnection(root)) {
            busy.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true}");
            FakeGeneration generation = edge.engine.nextSubmitted();
            between.send(GET + "\r\n");
            slow.send(GET + "X-Slow: ");
            assertThat(slow.sendUntilRefused("x", 200, Duration.ofMillis(100))).isLessThan(200);
            assertThat(silent.readUntil("never")).isEmpty();
            assertThat(between.readUntil("never")).startsWith("HTTP/1.1 200");
            generation.started(0, 0);
            generation.token(0, token);
            generation.finished(0, FinishReason.LENGTH);
            assertThat(busy.readUntil("0\r\n\r\n")).contains("[DONE]");
        }
    }

    @Test
    void aRefusedClientThatGoesOnSendingIsCutOff() throws Exception {
        for (String key : List.of("nobody", TestEdge.TENANT_KEY + "x")) {
            try (RawConnection connection = new RawConnection(root)) {
                connection.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key
                        + "\r\nContent-Length: 1000000000\r\n\r\n");
                assertThat(connection.readUntil("\r\n\r\n")).as(key).startsWith("HTTP/1.1 401");
                assertThat(connection.sendUntilRefused("x".repeat(1 << 20), 64, Duration.ofMillis(1)))
                        .isLessThan(64);
            }
        }
    }

    @Test
    void aRefusedClientThatHasSentEverythingKeepsItsConnection() throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            connection.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer nobody\r\n"
                    + "Content-Length: 5\r\n\r\n");
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 401");
            connection.readUntil("}}");
            connection.send("12345" + GET + "\r\n");
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void takesSoManyConnectionsAndNoMore() throws Exception {
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                open.add(new RawConnection(root));
            }
            try (RawConnection more = new RawConnection(root)) {
                assertThat(more.readUntil("never")).as("closed at once").isEmpty();
            }
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
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
