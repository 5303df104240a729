package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeGeneration;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class DisconnectTest {

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    @BeforeEach
    void reset() {
        edge.reset();
    }

    @Test
    void cancelsWhenTheClientLeavesInTheMiddleOfAStream() throws Exception {
        int token = edge.tokenizer.encode("A", false)[0];
        edge.engine.behaving(generation -> {
            generation.started(0, 0);
            generation.token(0, token);
        });
        RawConnection connection = new RawConnection(root);
        connection.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true}");
        assertThat(connection.readUntil("\n\n")).contains("text/event-stream");
        FakeGeneration generation = edge.engine.nextSubmitted();
        assertThat(generation.wasCancelled()).isFalse();
        connection.close();
        assertThat(generation.awaitCancelled()).isTrue();
        assertThat(edge.gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void cancelsWhenTheClientLeavesWhileItWaitsForAWholeAnswer() throws Exception {
        RawConnection connection = new RawConnection(root);
        connection.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":[[5],[6]]}");
        FakeGeneration first = edge.engine.nextSubmitted();
        FakeGeneration second = edge.engine.nextSubmitted();
        connection.close();
        assertThat(first.awaitCancelled()).isTrue();
        assertThat(second.awaitCancelled()).isTrue();
        assertThat(edge.gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void cancelsWhenTheClientLeavesBeforeTheFirstEventOfAStream() throws Exception {
        RawConnection connection = new RawConnection(root);
        connection.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true}");
        FakeGeneration generation = edge.engine.nextSubmitted();
        connection.close();
        assertThat(generation.awaitCancelled()).isTrue();
        assertThat(edge.gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void givesUpAReaderThatTakesNothingAndServesOthersMeanwhile() throws Exception {
        int token = edge.tokenizer.encode("A", false)[0];
        edge.engine.behaving(generation -> {
            generation.started(0, 0);
            for (int i = 0; i < 40_000; i++) {
                generation.token(0, token);
            }
        });
        try (RawConnection slow = new RawConnection(root, 4 << 10)) {
            slow.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true,\"logprobs\":0}");
            FakeGeneration generation = edge.engine.nextSubmitted();
            edge.bareEngine.answering(5);
            assertThat(new Calls(root)
                            .post("/v1/completions", "{\"model\":\"bare\",\"prompt\":[1]}")
                            .status())
                    .isEqualTo(200);
            assertThat(generation.awaitCancelled()).isTrue();
        }
        assertThat(edge.gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void closesAConnectionWhoseBodyNeverComes() throws Exception {
        try (RawConnection connection = new RawConnection(root)) {
            connection.send(
                    "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                            + TestEdge.KEY + "\r\nContent-Length: 100\r\n\r\n{");
            connection.readUntil("never");
        }
        assertThat(edge.gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }
}
