package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AdminPortTest {

    @Inject
    AdminPort port;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls admin;

    @BeforeEach
    void listen() {
        calls = new Calls(root);
        admin = Calls.ofOperator(port);
    }

    private int status(Calls by, String path, String key) throws Exception {
        return by.send(by.anonymous(path)
                        .header("authorization", "Bearer " + key)
                        .GET())
                .status();
    }

    @Test
    void takesItsOwnKeyAlone() throws Exception {
        assertThat(status(admin, "/version", TestEdge.ADMIN_KEY)).isEqualTo(200);
        assertThat(status(admin, "/version", TestEdge.KEY)).isEqualTo(401);
        assertThat(admin.send(admin.anonymous("/version").GET()).status()).isEqualTo(401);
    }

    @Test
    void itsKeyOpensNothingOnTheOtherPort() throws Exception {
        assertThat(status(calls, "/version", TestEdge.ADMIN_KEY)).isEqualTo(401);
        assertThat(status(calls, "/version", TestEdge.KEY)).isEqualTo(200);
    }

    @Test
    void answersNoCallers() throws Exception {
        for (String path : new String[] {"/v1/models", "/v1/completions", "/tokenize", "/"}) {
            assertThat(status(admin, path, TestEdge.ADMIN_KEY)).as(path).isEqualTo(404);
        }
    }

    @Test
    void answersProbesWithoutAKey() throws Exception {
        assertThat(admin.send(admin.anonymous("/health/live").GET()).status()).isEqualTo(200);
    }

    @Test
    void refusesWhatABrowserSendsForAPage() throws Exception {
        HttpRequest.Builder request = admin.anonymous("/version")
                .header("authorization", "Bearer " + TestEdge.ADMIN_KEY)
                .header("origin", "http://localhost:3000")
                .GET();
        assertThat(admin.send(request).status()).isEqualTo(403);
    }

    @Test
    void refusesAForeignHostName() throws Exception {
        try (RawConnection connection = new RawConnection(admin.root())) {
            connection.send("GET /version HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer " + TestEdge.ADMIN_KEY
                    + "\r\n\r\n");
            assertThat(connection.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void pathsAreNormalisedBeforeTheyAreJudged() throws Exception {
        assertThat(raw(admin, "GET /registry/%2e%2e/v1/models", TestEdge.ADMIN_KEY))
                .startsWith("HTTP/1.1 404");
        assertThat(raw(calls, "POST /x/../%72egistry/v1/gc", TestEdge.KEY)).startsWith("HTTP/1.1 403");
        assertThat(raw(calls, "POST //registry/v1/gc", TestEdge.KEY)).startsWith("HTTP/1.1 403");
        for (String path :
                new String[] {"/admin;x/v1/routes", "/admin;/v1/rollouts", "/admin/v1/routes;x", "/admin/v1/routes"}) {
            assertThat(raw(calls, "GET " + path, TestEdge.KEY)).as(path).startsWith("HTTP/1.1 404");
        }
    }

    private static String raw(Calls to, String line, String key) throws Exception {
        try (RawConnection connection = new RawConnection(to.root())) {
            connection.send(line + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + key
                    + "\r\nContent-Length: 0\r\n\r\n");
            return connection.readUntil("\r\n\r\n");
        }
    }

    @Test
    void hasSoManyConnectionsAndNoMore() throws Exception {
        List<RawConnection> open = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                open.add(new RawConnection(admin.root()));
            }
            // Others of this process may have some.
            assertThat(open.stream().filter(AdminPortTest::isAnswered)).hasSizeBetween(200, 256);
        } finally {
            for (RawConnection connection : open) {
                connection.close();
            }
        }
    }

    private static boolean isAnswered(RawConnection connection) {
        try {
            connection.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            return connection.readUntil("\r\n\r\n").startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false; // closed as it came
        }
    }

    @Test
    void theOtherPortTakesNoChanges() throws Exception {
        for (String path : new String[] {"/registry/v1/models/toy", "/registry/v1/nothing"}) {
            for (String method : new String[] {"POST", "PUT", "DELETE", "PATCH"}) {
                HttpRequest.Builder request =
                        calls.request(path).method(method, HttpRequest.BodyPublishers.ofString("{}"));
                assertThat(calls.send(request).status()).as(method + " " + path).isEqualTo(403);
            }
        }
    }
}
