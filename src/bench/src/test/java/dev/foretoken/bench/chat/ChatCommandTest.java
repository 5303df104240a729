package dev.foretoken.bench.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Against a server that has cached all but the last message where it was asked to prepare, and nothing elsewhere. */
@Timeout(300)
class ChatCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void saysWhatEachTurnWaitedForAndComputed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("chat.json");
        int status = new CommandLine(new ChatCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "--model=m",
                        "--conversations=2",
                        "--turns=3",
                        "--words=10",
                        "--pause=0",
                        "--prefill-mode=predicted",
                        "--repair-by=never",
                        "--json=" + file);
        assertThat(status).as(err.toString()).isZero();
        JsonNode json = JSON.readTree(file.toFile());
        assertThat(json.path("schema").asText()).isEqualTo("foretoken.bench.chat/1");
        assertThat(json.at("/turns/2/plain/new_tokens/median").asInt()).isEqualTo(500);
        assertThat(json.at("/turns/2/prepared/new_tokens/median").asInt()).isEqualTo(100);
        assertThat(json.at("/turns/0/prepared/ttft_seconds/runs").asInt()).isEqualTo(2);
        assertThat(out.toString()).contains("TTFT prepared");
        assertThat(requests)
                .hasSize(18)
                .extracting(request -> request.path("prefill_mode").asText() + " "
                        + request.path("repair_by").asText())
                .containsOnly("predicted never");
        assertThat(json.at("/prefill/mode").asText()).isEqualTo("predicted");
        assertThat(requests.get(2).at("/messages/1/content").asText()).isEqualTo("a good answer");
        assertThat(requests.get(2).at("/messages/4/role").asText()).isEqualTo("user");
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        requests.add(body);
        int prompt = 100 * body.path("messages").size();
        int cached = body.path("prepare_next_turn").asBoolean() ? prompt - 100 : 0;
        byte[] bytes = ("data: {\"choices\":[{\"delta\":{\"content\":\"a good answer\"}}]}\n\n"
                        + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":%d}}}\n\ndata: [DONE]\n\n"
                                .formatted(prompt, cached))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
