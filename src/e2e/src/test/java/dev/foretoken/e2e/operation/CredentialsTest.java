package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.UnauthorizedException;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.ListeningSockets;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With a key set, nothing but the two probes answers a caller who has none. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialsTest {

    private static final String KEY = "correct-horse-battery-staple";
    private static final Set<String> PROBES =
            Set.of("GET /health/live", "GET /health/ready", "GET /v2/health/live", "GET /v2/health/ready");

    private Deployment server;

    @BeforeAll
    void start() {
        server = Topology.ONE_PROCESS.start(ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .edge("--api-key", KEY));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyRouteAsksForTheKey() {
        List<HttpRoute> routes = HttpRoute.all();
        assertThat(routes)
                .extracting(HttpRoute::toString)
                .contains("POST /v1/completions", "POST /v1/chat/completions", "GET /v1/models", "GET /metrics");
        HttpApi stranger = new HttpApi(server.http());
        HttpApi wrong = new HttpApi(server.http(), Optional.of(KEY + "x"));
        HttpApi known = new HttpApi(server.http(), Optional.of(KEY));
        for (HttpRoute route : routes) {
            int expected = PROBES.contains(route.toString()) ? 200 : 401;
            assertThat(status(route, stranger)).as("%s without a key", route).isEqualTo(expected);
            assertThat(status(route, wrong)).as("%s with a wrong key", route).isEqualTo(expected);
            assertThat(status(route, known)).as("%s with the key", route).isNotEqualTo(401);
        }
    }

    private static int status(HttpRoute route, HttpApi api) {
        return api.send(route.method(), route.path(), HttpRequest.BodyPublishers.ofString("{}"))
                .status();
    }

    @Test
    void pathsThatDoNotExistAskForTheKeyToo() {
        HttpApi stranger = new HttpApi(server.http());
        for (String path : List.of("/", "/v1", "/q/dev", "/q/health", "/q/metrics", "/v1/admin", "/index.html")) {
            Reply reply = stranger.get(path);
            assertThat(reply.status()).as(path).isEqualTo(401);
            assertThat(reply.error().path("code").asText()).isEqualTo("unauthenticated");
        }
    }

    /** Of operators it has none: callers' keys open none. */
    @Test
    void listensWhereItSaysAndNowhereElse() {
        Endpoints named = server.edge().awaitReady();
        assertThat(named.admin()).isEmpty();
        assertThat(ListeningSockets.of(server.edge().pid()))
                .allMatch(socket -> socket.getAddress().isLoopbackAddress())
                .extracting(InetSocketAddress::getPort)
                .containsExactlyInAnyOrderElementsOf(named.ports());
    }

    @Test
    void theClientsSayUnauthorized() {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(server.http().resolve("/v1").toString())
                .apiKey("wrong")
                .maxRetries(0)
                .build();
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> client.models().list());
        client.close();
        OpenAiChatModel chat = OpenAiChatModel.builder()
                .baseUrl(server.http().resolve("/v1").toString())
                .apiKey("wrong")
                .modelName(Models.LLAMA)
                .maxRetries(0)
                .build();
        assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> chat.chat("Hi"));
    }
}
