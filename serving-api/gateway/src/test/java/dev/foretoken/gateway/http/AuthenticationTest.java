package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AuthenticationTest {

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
    }

    /** With {@code toy} for every parameter. */
    private static Set<String> paths() {
        return RoutingTable.templates().keySet().stream()
                .map(path -> path.replaceAll("\\{[^/]*}", "toy"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void refusesEveryRouteWithoutAKeyExceptTheProbes() throws Exception {
        Set<String> paths = paths();
        assertThat(paths)
                .contains(
                        "/v1/completions",
                        "/v1/chat/completions",
                        "/v1/models",
                        "/v1/models/toy",
                        "/metrics",
                        "/version",
                        "/tokenize",
                        "/detokenize",
                        "/health/live",
                        "/health/ready",
                        "/v2/health/live",
                        "/v2/health/ready",
                        "/v2/models/toy",
                        "/v1/embeddings");
        for (String path : paths) {
            int expected = path.contains("/health/") ? 200 : 401;
            for (String method : new String[] {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
                HttpRequest.Builder request = calls.anonymous(path)
                        .header("content-type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString("{}"));
                int status = calls.send(request).status();
                if (expected == 401) {
                    assertThat(status).as(method + " " + path).isEqualTo(401);
                } else if (method.equals("GET")) {
                    assertThat(status).as(method + " " + path).isEqualTo(200);
                }
            }
        }
        assertThat(edge.engine.submittedCount()).isZero();
    }

    @Test
    void refusesUnknownPathsWithoutAKeyBeforeSayingThatTheyAreUnknown() throws Exception {
        Calls.Reply reply = calls.send(calls.anonymous("/nothing").GET());
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.error().path("code").asText()).isEqualTo("unauthenticated");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void refusesPathsThatOnlyLookLikeAProbe() throws Exception {
        for (String path : new String[] {
            "/health",
            "/health/live/",
            "/health/live/x",
            "/health/%2e%2e/metrics",
            "/%2fhealth/live",
            "/health/live;x=1"
        }) {
            assertThat(calls.send(calls.anonymous(path).GET()).status())
                    .as(path)
                    .isEqualTo(401);
        }
    }

    @Test
    void refusesAWrongKeyAndAnotherScheme() throws Exception {
        for (String value :
                new String[] {"Bearer wrong-key-000000", "Basic " + TestEdge.KEY, TestEdge.KEY, "Bearer", "Bearer "}) {
            HttpRequest.Builder request =
                    calls.anonymous("/v1/models").header("authorization", value).GET();
            assertThat(calls.send(request).status()).as(value).isEqualTo(401);
        }
    }

    @Test
    void showsTheFiguresOfAllTenantsToNoTenant() throws Exception {
        assertThat(calls.get("/metrics").status()).isEqualTo(200);
        for (String path : new String[] {"/metrics", "/metrics/", "/%6detrics"}) {
            HttpRequest.Builder request = calls.anonymous(path)
                    .header("authorization", "Bearer " + TestEdge.TENANT_KEY)
                    .GET();
            assertThat(calls.send(request).status()).as(path).isIn(403, 404);
        }
        HttpRequest.Builder request = calls.anonymous("/metrics")
                .header("authorization", "Bearer " + TestEdge.TENANT_KEY)
                .GET();
        assertThat(calls.send(request).error().path("code").asText()).isEqualTo("permission_denied");
    }

    @Test
    void aRequestArrivesWholeWhileItsKeyIsLookedUp() throws Exception {
        edge.engine.answering(5);
        String padding = " ".repeat(50_000);
        for (int i = 0; i < 3; i++) {
            assertThat(status(TestEdge.TENANT_KEY, padding)).isEqualTo(200);
            assertThat(status(TestEdge.TENANT_KEY + "x", padding)).isEqualTo(401);
        }
        assertThat(edge.engine.submittedCount()).isEqualTo(3);
    }

    private int status(String key, String padding) throws Exception {
        return calls.send(calls.anonymous("/v1/completions")
                        .header("authorization", "Bearer " + key)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"toy\"," + padding + "\"prompt\":\"Hi\"}"))))
                .status();
    }

    @Test
    void refusesAForeignHostNameOnLoopback() throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            connection.send("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer " + TestEdge.KEY
                    + "\r\n\r\n");
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void allowsNoOtherOriginToReadAnswers() throws Exception {
        Calls.Reply reply = calls.send(calls.request("/v1/models")
                .header("origin", "https://evil.example")
                .GET());
        assertThat(reply.response().headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }
}
