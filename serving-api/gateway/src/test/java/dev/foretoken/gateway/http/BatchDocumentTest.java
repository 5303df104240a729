package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The OpenAPI document of files and batches against the routes. */
@QuarkusTest
class BatchDocumentTest {

    @TestHTTPResource("/")
    URI root;

    private JsonNode document;

    @BeforeEach
    void read() throws Exception {
        document = new Calls(root).get("/v1/batches/openapi.json").json();
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedRouteExists() {
        Map<String, TreeSet<String>> documented = new TreeMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .fieldNames()
                        .forEachRemaining(method -> documented
                                .computeIfAbsent(path.getKey(), p -> new TreeSet<>())
                                .add(method.toUpperCase(Locale.ROOT))));
        Map<String, TreeSet<String>> implemented = RoutingTable.templates();
        implemented.keySet().removeIf(path -> !path.startsWith("/v1/batches") && !path.startsWith("/v1/files"));
        assertThat(documented).isEqualTo(implemented).hasSize(7);
    }

    @Test
    void everyExampleFitsItsSchema() {
        SchemaCheck check = new SchemaCheck(document);
        int examples = 0;
        for (JsonNode content : document.findValues("application/json")) {
            if (content.has("example")) {
                examples++;
                assertThat(check.problems(content.path("schema"), content.path("example")))
                        .as(content.toString())
                        .isEmpty();
            }
        }
        assertThat(examples).isGreaterThan(10);
    }
}
