package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.ListeningSockets;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that serves no models: filled by upload on its admin port, read on the other, shared with the command line. */
class RegistryServerTest {

    private static final String KEY = "operators-0123456789";
    private static final String MODELS = "/registry/v1/models";

    @TempDir
    Path home;

    @Test
    void aModelComesByUploadAndIsBuiltByTheServer() throws IOException {
        Cli cli = new Cli(home);
        Map<String, String> environment = new java.util.HashMap<>(cli.environment());
        environment.put("FORETOKEN_ADMIN_KEY", KEY);
        List<String> serve = List.of("serve", "--role", "registry", "--port", "0", "--admin-port", "0");
        try (ServerProcess server = ServerProcess.launch(serve, environment)) {
            Endpoints endpoints = server.awaitReady();
            HttpApi callers = new HttpApi(endpoints.http().orElseThrow());
            HttpApi operators = new HttpApi(endpoints.admin().orElseThrow(), Optional.of(KEY));
            assertThat(ListeningSockets.of(server.pid()))
                    .allMatch(socket -> socket.getAddress().isLoopbackAddress())
                    .extracting(InetSocketAddress::getPort)
                    .containsExactlyInAnyOrder(
                            endpoints.http().orElseThrow().getPort(),
                            endpoints.admin().orElseThrow().getPort());
            assertThat(callers.get("/health/ready").status()).isEqualTo(200);
            assertThat(callers.get("/v1/models").status()).isEqualTo(404);
            String upload = begin(operators);
            hostile(operators, upload);
            send(operators, upload);
            Reply imported = operators.post(upload + "/commit", Map.of());
            assertThat(imported.status()).as(imported.toString()).isEqualTo(201);
            assertThat(callers.get(MODELS + "/toy")
                            .body()
                            .at("/versions/0/variants/0/reference")
                            .asText())
                    .isEqualTo("toy@1/base");
            assertThat(callers.send(
                                    "PUT",
                                    MODELS + "/toy/aliases/prod",
                                    BodyPublishers.ofString("{\"target\":\"toy@1\"}"))
                            .status())
                    .isEqualTo(403);
            assertThat(new HttpApi(endpoints.admin().orElseThrow())
                            .send(
                                    "PUT",
                                    MODELS + "/toy/aliases/prod",
                                    BodyPublishers.ofString("{\"target\":\"toy@1\"}"))
                            .status())
                    .isEqualTo(401);
            Cli.Result queued = cli.run("build", "toy", "--variant", "kv-int8", "--detach");
            assertThat(queued.code()).as(queued.toString()).isZero();
            dev.foretoken.e2e.server.Eventually.get(
                    "the server built it",
                    () -> callers.get("/registry/v1/jobs/1")
                            .body()
                            .path("state")
                            .asText(),
                    "succeeded"::equals);
        }
    }

    private static String begin(HttpApi operators) {
        Reply begun = operators.post(MODELS + "/toy/uploads", Map.of());
        assertThat(begun.status()).as(begun.toString()).isEqualTo(201);
        return MODELS + "/toy/uploads/" + begun.body().path("id").asText();
    }

    private static void hostile(HttpApi operators, String upload) {
        for (String path : List.of("..%2f..%2fhome", "%2fetc%2fpasswd", "a%2f..%2f..%2fb")) {
            assertThat(operators
                            .send("PUT", upload + "/files/" + path, BodyPublishers.ofString("x"))
                            .status())
                    .as(path)
                    .isEqualTo(400);
        }
        String pickle = begin(operators);
        assertThat(operators
                        .send("PUT", pickle + "/files/config.json", BodyPublishers.ofString("{}"))
                        .status())
                .isEqualTo(200);
        assertThat(operators
                        .send(
                                "PUT",
                                pickle + "/files/model.safetensors",
                                BodyPublishers.ofString("\u0080\u0002cos\nsystem"))
                        .status())
                .isEqualTo(200);
        Reply refused = operators.post(pickle + "/commit", Map.of());
        assertThat(refused.status()).as(refused.toString()).isIn(400, 500);
        assertThat(operators.get(MODELS + "/toy").status()).isEqualTo(404);
    }

    private static void send(HttpApi operators, String upload) throws IOException {
        try (Stream<Path> files = Files.list(Checkout.checkpoint(Models.LLAMA))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Reply reply =
                        operators.send("PUT", upload + "/files/" + file.getFileName(), BodyPublishers.ofFile(file));
                assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            }
        }
    }
}
