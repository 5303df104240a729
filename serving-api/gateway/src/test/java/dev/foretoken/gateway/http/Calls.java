package dev.foretoken.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** Sends requests to the edge under test, with its key, and reads JSON and server-sent events. */
final class Calls {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI root;
    private final String key;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Calls(URI root) {
        this(root, TestEdge.KEY);
    }

    /** @param key sent with every request that is not anonymous */
    Calls(URI root, String key) {
        this.root = root;
        this.key = key;
    }

    /** Of who may change things: to the admin port, which listens from then on. */
    static Calls ofOperator(AdminPort port) {
        return new Calls(URI.create("http://127.0.0.1:" + port.listen().orElseThrow() + "/"), TestEdge.ADMIN_KEY);
    }

    URI root() {
        return root;
    }

    record Reply(int status, HttpResponse<String> response) {

        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(response.body(), e);
            }
        }

        JsonNode error() {
            return json().path("error");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The data of every event but the last, which must be [DONE]. */
        List<JsonNode> events() {
            List<String> data = response.body()
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .map(line -> line.substring("data: ".length()))
                    .toList();
            if (!data.getLast().equals("[DONE]")) {
                throw new AssertionError("the stream ends with " + data.getLast());
            }
            return data.subList(0, data.size() - 1).stream().map(Reply::parse).toList();
        }

        private static JsonNode parse(String text) {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new UncheckedIOException(text, e);
            }
        }
    }

    Reply post(String path, String body) throws Exception {
        return send(request(path)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Reply get(String path) throws Exception {
        return send(request(path).GET());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path)).header("authorization", "Bearer " + key);
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(root.resolve(path));
    }

    Reply send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response =
                client.send(request.timeout(Duration.ofMinutes(2)).build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), response);
    }
}
