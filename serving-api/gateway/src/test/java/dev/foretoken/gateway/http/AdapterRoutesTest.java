package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.gateway.fake.FakeAdapters;
import dev.foretoken.gateway.model.AdapterAdmin;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may load and unload adapters on the port of callers. */
@QuarkusTest
class AdapterRoutesTest {

    private static final String LOAD = "/v1/load_lora_adapter";
    private static final String UNLOAD = "/v1/unload_lora_adapter";
    private static final String BODY = "{\"base_model_name\":\"toy\",\"lora_name\":\"sql\",\"lora_path\":\"v2\"}";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    @TempDir
    Path folder;

    private final FakeAdapters adapters = new FakeAdapters();

    @BeforeEach
    void offer() throws IOException {
        Files.createDirectory(folder.resolve("v2"));
        edge.gateway.offerAdapters(new AdapterAdmin(edge.engine, adapters, folder));
    }

    @Test
    void anOperatorLoadsAndUnloadsThem() throws Exception {
        Calls operator = new Calls(root);
        assertThat(operator.post(LOAD, BODY).json().path("id").asText()).isEqualTo("toy:sql");
        assertThat(operator.post(UNLOAD, BODY).status()).isEqualTo(200);
        assertThat(adapters.done())
                .containsExactly("toy:sql=" + folder.toRealPath().resolve("v2"), "-toy:sql");
    }

    @Test
    void noTenantLoadsOrUnloadsAdapters() throws Exception {
        Calls tenant = new Calls(root, TestEdge.TENANT_KEY);
        for (String path : List.of(LOAD, UNLOAD)) {
            for (String body : List.of(BODY, "{}", "no JSON")) {
                Calls.Reply reply = tenant.post(path, body);
                assertThat(reply.status()).as(path).isEqualTo(403);
                assertThat(reply.error().path("code").asText()).isEqualTo("permission_denied");
                assertThat(reply.error().path("message").asText()).contains("--api-key");
            }
        }
        assertThat(adapters.done()).isEmpty();
    }
}
