package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document of files and batches against the routes. */
@QuarkusTest
class BatchDocumentTest {

    @TestHTTPResource("/")
    URI root;

    private ApiDocument document;

    @BeforeEach
    void read() throws Exception {
        document =
                new ApiDocument(new Calls(root).get("/v1/batches/openapi.json").json());
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedRouteExists() {
        Map<String, TreeSet<String>> implemented = RoutingTable.templates();
        implemented.keySet().removeIf(path -> !path.startsWith("/v1/batches") && !path.startsWith("/v1/files"));
        assertThat(document.methods()).isEqualTo(implemented).hasSize(7);
    }

    @Test
    void everyExampleFitsItsSchema() {
        assertThat(document.problemsOfExamples())
                .hasSizeGreaterThan(10)
                .allSatisfy(problems -> assertThat(problems).isEmpty());
    }
}
