package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.admission.Arrivals;
import dev.foretoken.gateway.fake.Awaited;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that come in pieces, whoever reads them. */
@QuarkusTest
@Timeout(300)
class ArrivedBodyTest {

    private static final String BODY = "{\"model\":\"bare\",\"prompt\":[1]}";

    private static final Duration LONG = Duration.ofMinutes(2);

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void reset() {
        edge.reset();
        edge.bareEngine.answering(5);
    }

    private Arrivals arrivals() {
        return edge.gateway.admission().arrivals();
    }

    private static String head(String path, String key, String length) {
        return "POST " + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer " + key
                + "\r\n" + length + "\r\n\r\n";
    }

    @Test
    void aRequestHasNoPlaceUntilItsSmallBodyIsThere() throws Exception {
        for (String key : new String[] {TestEdge.KEY, TestEdge.TENANT_KEY}) { // at once, and looked up
            try (RawConnection slow = new RawConnection(root)) {
                slow.send(head("/v1/completions", key, "Content-Length: " + BODY.length()) + BODY.substring(0, 9));
                for (int i = 0; i < 10; i++) { // long enough for a thread of the request's, if it had one
                    assertThat(new Calls(root).get("/version").status()).isEqualTo(200);
                }
                assertThat(edge.gateway.admission().underWay()).isZero();
                assertThat(arrivals().unanswered()).isOne();
                slow.send(BODY.substring(9));
                assertThat(slow.readUntil("\r\n\r\n")).as(key).startsWith("HTTP/1.1 200");
                assertThat(arrivals().awaitAnswered(LONG)).isTrue();
            }
        }
    }

    @Test
    void aClientThatLeavesBeforeItsBodyIsThereIsNotWaitedFor() throws Exception {
        try (RawConnection leaving = new RawConnection(root)) {
            leaving.send(head("/v1/completions", TestEdge.KEY, "Content-Length: " + BODY.length()));
            Awaited.until("the request is seen", () -> arrivals().unanswered() > 0);
        }
        assertThat(arrivals().awaitAnswered(LONG)).isTrue();
    }

    @Test
    void whereAllBodiesTogetherHoldTooMuchARequestIsLetInFirst() throws Exception {
        Arrivals.Arrival others = arrivals().begin(32 << 20).orElseThrow();
        try (RawConnection slow = new RawConnection(root)) {
            slow.send(head("/v1/completions", TestEdge.KEY, "Content-Length: " + BODY.length()) + BODY.substring(0, 9));
            Awaited.until(
                    "the request is let in", () -> edge.gateway.admission().underWay() > 0);
            slow.send(BODY.substring(9));
            assertThat(slow.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        } finally {
            others.over();
        }
    }

    @Test
    void aLargeBodyAndOneOfUnknownLengthAreReadByTheirRoute() throws Exception {
        String large = BODY.replace(",", "," + " ".repeat(40 << 10));
        try (RawConnection connection = new RawConnection(root)) {
            connection.send(head("/v1/completions", TestEdge.KEY, "Content-Length: " + large.length()));
            connection.send(large);
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
        try (RawConnection connection = new RawConnection(root)) {
            connection.send(head("/v1/completions", TestEdge.KEY, "Transfer-Encoding: chunked"));
            connection.send(Integer.toHexString(BODY.length()) + "\r\n" + BODY + "\r\n0\r\n\r\n");
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aClientThatAsksWhetherToSendItsBodyIsToldTo() throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            connection.send(
                    head("/v1/completions", TestEdge.KEY, "Expect: 100-continue\r\nContent-Length: " + BODY.length()));
            String answer = connection.readUntil("\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 100");
            connection.send(BODY);
            while (answer.startsWith("HTTP/1.1 100")) {
                answer = connection.readUntil("\r\n\r\n");
            }
            assertThat(answer).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void bodiesOfHttp2AreReadByTheirRoute() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/v1/completions"))
                .header("content-type", "application/json")
                .header("authorization", "Bearer " + TestEdge.KEY)
                .POST(HttpRequest.BodyPublishers.ofString(BODY))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            for (int i = 0; i < 2; i++) { // as HTTP/1.1 becomes HTTP/2, and once it is
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        }
    }

    @Test
    void severalRequestsOfAConnectionAreAnsweredInTheirOrder() throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            String request = head("/v1/completions", TestEdge.KEY, "Content-Length: " + BODY.length()) + BODY;
            connection.send(request + request + head("/nothing", TestEdge.KEY, "Content-Length: 0"));
            for (String status : new String[] {"200", "200", "404"}) {
                String answer = connection.readUntil("\r\n\r\n");
                assertThat(answer).contains("HTTP/1.1 " + status);
                if (status.equals("200")) {
                    connection.readUntil("]"); // of its choices
                    connection.readUntil("}}");
                }
            }
        }
    }
}
