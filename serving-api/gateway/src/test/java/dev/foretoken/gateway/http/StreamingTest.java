package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

@QuarkusTest
class StreamingTest {

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    @Test
    void streams() throws Exception {
        edge.engine.answering(edge.tokenizer.encode("Hello there, you", false));
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(root.resolve("/v1/completions"))
                                .header("authorization", "Bearer " + TestEdge.KEY)
                                .header("content-type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        System.out.println(response.headers().map() + "\n" + response.body());
        assertThat(response.statusCode()).isEqualTo(200);
    }
}
