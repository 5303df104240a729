package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document against the routes, and the routes against both ports. */
@QuarkusTest
class RegistryDocumentTest {

    @Inject
    TestEdge edge;

    @Inject
    AdminPort port;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls admin;
    private ApiDocument document;

    @BeforeEach
    void read() throws Exception {
        calls = new Calls(root);
        admin = Calls.ofOperator(port);
        document = new ApiDocument(calls.get("/registry/v1/openapi.json").json());
    }

    private static Map<String, TreeSet<String>> implemented() {
        Map<String, TreeSet<String>> routes = RoutingTable.templates();
        routes.keySet().removeIf(path -> !path.startsWith("/registry/"));
        return routes;
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedRouteExists() {
        assertThat(document.methods()).isEqualTo(implemented());
        assertThat(document.root().path("openapi").asText()).startsWith("3.1");
        assertThat(document.operations().stream()
                        .map(o -> o.node().path("operationId").asText()))
                .doesNotHaveDuplicates();
    }

    @Test
    void everyExampleFitsItsSchema() {
        assertThat(document.problemsOfExamples())
                .hasSizeGreaterThan(15)
                .allSatisfy(problems -> assertThat(problems).isEmpty());
    }

    @Test
    void everyChangeIsRefusedOnTheCallersPort() throws Exception {
        for (ApiDocument.Operation operation : document.operations()) {
            if (!operation.method().equals("GET")) {
                Calls.Reply reply = calls.send(request(calls, operation, TestEdge.KEY));
                assertThat(reply.status())
                        .as(operation.method() + " " + operation.path())
                        .isEqualTo(403);
                assertThat(reply.error().path("message").asText()).contains("admin port");
            }
        }
    }

    @Test
    void nothingIsAnsweredWithoutTheCredentialOfThePort() throws Exception {
        for (ApiDocument.Operation operation : document.operations()) {
            for (Calls by : List.of(calls, admin)) {
                String wrong = by == calls ? TestEdge.ADMIN_KEY : TestEdge.KEY;
                assertThat(by.send(request(by, operation, wrong)).status())
                        .as(operation.method() + " " + operation.path())
                        .isEqualTo(401);
            }
        }
    }

    @Test
    void routesForOperatorsAloneSaySoOnTheCallersPort() throws Exception {
        for (ApiDocument.Operation operation : document.operations()) {
            boolean forOperators = operation.node().has("security");
            if (operation.method().equals("GET") && forOperators) {
                assertThat(calls.send(request(calls, operation, TestEdge.KEY)).status())
                        .isEqualTo(403);
            } else if (!operation.method().equals("GET")) {
                assertThat(forOperators).as(operation.path()).isTrue();
            }
        }
    }

    private static HttpRequest.Builder request(Calls by, ApiDocument.Operation operation, String key) {
        String path =
                operation.path().replace("{version}", "1").replace("{job}", "1").replaceAll("\\{\\w+}", "toy");
        return by.anonymous(path)
                .header("authorization", "Bearer " + key)
                .header("content-type", "application/json")
                .method(operation.method(), HttpRequest.BodyPublishers.ofString("{}"));
    }
}
