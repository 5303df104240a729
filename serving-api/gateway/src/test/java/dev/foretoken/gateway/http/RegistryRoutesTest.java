package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.foretoken.registry.content.Digest;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model from its upload to its removal, every answer compared with the OpenAPI document. */
@QuarkusTest
class RegistryRoutesTest {

    private static final String ROUTES = "/registry/v1";
    private static final Path MODEL = Path.of("../../src/models/conformance/llama-mqa-f16");

    @Inject
    AdminPort port;

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls admin;
    private JsonNode document;

    @BeforeEach
    void connect() throws Exception {
        calls = new Calls(root);
        admin = Calls.ofOperator(port);
        document = calls.get(ROUTES + "/openapi.json").json();
    }

    /** Sends it and compares the answer's body with what {@code template} documents for this status. */
    private JsonNode answer(Calls by, int status, String method, String path, String template, String body)
            throws Exception {
        HttpRequest.Builder request = by.request(ROUTES + path)
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        Calls.Reply reply = by.send(request);
        assertThat(reply.status())
                .as(method + " " + path + ": " + reply.response().body())
                .isEqualTo(status);
        JsonNode operation =
                document.path("paths").path(ROUTES + template).path(method.toLowerCase(java.util.Locale.ROOT));
        JsonNode documented = operation.path("responses").path(Integer.toString(status));
        assertThat(documented.isMissingNode())
                .as(method + " " + template + " documents " + status)
                .isFalse();
        JsonNode schema = documented.path("content").path("application/json").path("schema");
        if (schema.isMissingNode()) {
            return MissingNode.getInstance();
        }
        assertThat(new SchemaCheck(document).problems(schema, reply.json()))
                .as(method + " " + path + ": " + reply.response().body())
                .isEmpty();
        return reply.json();
    }

    private JsonNode upload(String model) throws Exception {
        String uploads = "/models/{model}/uploads";
        String begun = "/models/" + model + "/uploads";
        String id = answer(admin, 201, "POST", begun, uploads, "{}").path("id").asText();
        try (Stream<Path> files = Files.list(MODEL)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Calls.Reply reply = admin.send(admin.request(ROUTES + begun + "/" + id + "/files/" + file.getFileName())
                        .PUT(HttpRequest.BodyPublishers.ofFile(file)));
                if (reply.status() != 200) {
                    assertThat(reply.status())
                            .as(file + reply.response().body())
                            .isEqualTo(413);
                }
            }
        }
        answer(admin, 200, "GET", begun + "/" + id, uploads + "/{upload}", "");
        return answer(admin, 201, "POST", begun + "/" + id + "/commit", uploads + "/{upload}/commit", "{}");
    }

    @Test
    void whatPodsServeIsAssignedAndItsBytesAreSentToOperators() throws Exception {
        String manifest = upload("assigned").path("manifest").asText();
        long before = answer(calls, 200, "GET", "/assignments", "/assignments", "")
                .path("revision")
                .asLong();
        String body = "{\"references\":[\"assigned@1\"]}";
        answer(admin, 200, "PUT", "/assignments/cpu", "/assignments/{group}", body);
        answer(admin, 400, "PUT", "/assignments/cpu", "/assignments/{group}", "{}");
        answer(admin, 404, "PUT", "/assignments/cpu", "/assignments/{group}", "{\"references\":[\"assigned@2\"]}");
        JsonNode all = answer(calls, 200, "GET", "/assignments", "/assignments", "");
        assertThat(all.path("revision").asLong()).isGreaterThan(before);
        assertThat(all.path("assignments").toString())
                .isEqualTo("[{\"group\":\"cpu\",\"references\":[\"assigned@1\"]}]");
        assertThat(answer(calls, 200, "GET", "/assignments/cpu", "/assignments/{group}", "")
                        .path("references"))
                .hasSize(1);
        answer(admin, 200, "PUT", "/assignments/cpu", "/assignments/{group}", "{\"references\":[]}");
        blob(manifest);
    }

    private void blob(String digest) throws Exception {
        Calls.Reply whole = admin.get(ROUTES + "/blobs/" + digest);
        assertThat(Digest.of(whole.response().body().getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasToString(digest);
        Calls.Reply rest = admin.send(admin.request(ROUTES + "/blobs/" + digest)
                .header("range", "bytes=7-")
                .GET());
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.response().body()).isEqualTo(whole.response().body().substring(7));
        for (String range : List.of("bytes=7-9", "bytes=999999999-", "bytes=-1")) {
            Calls.Reply refused = admin.send(admin.request(ROUTES + "/blobs/" + digest)
                    .header("range", range)
                    .GET());
            assertThat(refused.status()).as(range).isEqualTo(400);
        }
        answer(admin, 404, "GET", "/blobs/" + digest.replaceAll("[0-9a-f]{8}$", "00000000"), "/blobs/{digest}", "");
        answer(admin, 400, "GET", "/blobs/passwd", "/blobs/{digest}", "");
        answer(calls, 403, "GET", "/blobs/" + digest, "/blobs/{digest}", "");
    }

    @Test
    void aModelComesByUploadIsNamedByAnAliasAndGoes() throws Exception {
        JsonNode imported = upload("small");
        assertThat(imported.path("reference").asText()).isEqualTo("small@1/base");
        assertThat(upload("small").path("known").asBoolean()).isTrue();
        String digest = imported.path("manifest").asText();
        assertThat(answer(calls, 200, "GET", "/models", "/models", "").path("models"))
                .isNotEmpty();
        answer(calls, 200, "GET", "/models/small", "/models/{model}", "");
        answer(calls, 200, "GET", "/models/small/versions/1", "/models/{model}/versions/{version}", "");
        String variant = "/models/small/versions/1/variants/base";
        String template = "/models/{model}/versions/{version}/variants/{variant}";
        assertThat(answer(calls, 200, "GET", variant, template, "")
                        .path("manifest")
                        .asText())
                .isEqualTo(digest);
        byte[] manifest = calls.get(ROUTES + variant + "/manifest")
                .response()
                .body()
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(Digest.of(manifest).toString()).isEqualTo(digest);
        alias(variant, template);
    }

    private void alias(String variant, String template) throws Exception {
        String alias = "/models/small/aliases/prod";
        String aliases = "/models/{model}/aliases/{alias}";
        answer(admin, 200, "PUT", alias, aliases, "{\"target\":\"small@1\"}");
        assertThat(answer(calls, 200, "GET", alias, aliases, "").path("target").asText())
                .isEqualTo("small@1/base");
        answer(admin, 409, "DELETE", variant, template, "");
        answer(admin, 204, "DELETE", alias, aliases, "");
        answer(calls, 404, "GET", alias, aliases, "");
        String gate = "/models/small/gate";
        answer(admin, 200, "PUT", gate, "/models/{model}/gate", "{\"max-kl\":0.05}");
        assertThat(answer(admin, 409, "PUT", alias, aliases, "{\"target\":\"small@1\"}")
                        .path("error")
                        .path("message")
                        .asText())
                .contains("measured");
        answer(calls, 200, "GET", gate, "/models/{model}/gate", "");
        answer(admin, 400, "PUT", gate, "/models/{model}/gate", "{\"max-speed\":1}");
        answer(admin, 204, "DELETE", gate, "/models/{model}/gate", "");
        answer(admin, 200, "POST", "/verify", "/verify", "{}");
        answer(admin, 204, "DELETE", "/models/small/versions/1", "/models/{model}/versions/{version}", "");
        answer(admin, 200, "POST", "/gc", "/gc", "{\"grace_seconds\":3600}");
        answer(calls, 404, "GET", "/models/small", "/models/{model}", "");
    }

    @Test
    void aBuildMayNameVariantsAndNoFilesOfTheServer() throws Exception {
        upload("aided");
        String builds = "/models/aided/builds";
        String template = "/models/{model}/builds";
        for (String auxiliary : List.of("model:/etc", "trained:/etc", "trained:etc", "model://etc")) {
            String message = answer(admin, 400, "POST", builds, template, aided(auxiliary))
                    .at("/error/message")
                    .asText();
            assertThat(message).as(auxiliary).contains("may not name files of the server");
        }
        for (String auxiliary : List.of("model:../etc", "model:./etc", "model:~/etc", "model:etc/passwd")) {
            assertThat(admin.post(ROUTES + builds, aided(auxiliary)).status())
                    .as(auxiliary)
                    .isBetween(400, 404);
        }
        assertThat(answer(calls, 200, "GET", "/jobs?model=aided", "/jobs", "").path("jobs"))
                .isEmpty();
        JsonNode queued = answer(admin, 202, "POST", builds, template, aided("model:aided@1/base"));
        assertThat(queued.at("/jobs/0/parameters/auxiliary").asText()).isEqualTo("model:aided@1/base");
        answer(admin, 202, "POST", "/jobs/" + queued.at("/jobs/0/id").asLong() + "/cancel", "/jobs/{job}/cancel", "{}");
    }

    private static String aided(String auxiliary) {
        return "{\"variants\":[{\"name\":\"a\",\"method\":\"settings\",\"parameters\":{\"auxiliary\":\"%s\"}}]}"
                .formatted(auxiliary);
    }

    @Test
    void buildsAreQueuedSeenAndCancelled() throws Exception {
        upload("built");
        answer(calls, 200, "GET", "/methods", "/methods", "");
        String builds = "/models/built/builds";
        String template = "/models/{model}/builds";
        answer(admin, 400, "POST", builds, template, "{\"variants\":[{\"method\":\"nothing\"}]}");
        answer(admin, 400, "POST", builds, template, "{\"variants\":[{\"method\":\"reader\"}]}");
        JsonNode queued = answer(
                admin, 202, "POST", builds, template, "{\"variants\":[{\"name\":\"q\",\"method\":\"settings\"}]}");
        assertThat(queued.at("/jobs/0/variant").asText()).isEqualTo("built@1/q");
        String job = "/jobs/" + queued.at("/jobs/0/id").asLong();
        answer(admin, 409, "POST", builds, template, "{\"variants\":[{\"name\":\"q\",\"method\":\"settings\"}]}");
        assertThat(answer(calls, 200, "GET", "/jobs?model=built", "/jobs", "").path("jobs"))
                .hasSize(1);
        answer(calls, 200, "GET", job, "/jobs/{job}", "");
        assertThat(calls.get(ROUTES + job + "/log").status()).isEqualTo(200);
        assertThat(answer(admin, 202, "POST", job + "/cancel", "/jobs/{job}/cancel", "{}")
                        .path("state")
                        .asText())
                .isEqualTo("cancelled");
        answer(admin, 202, "POST", job + "/resume", "/jobs/{job}/resume", "{}");
        answer(admin, 202, "POST", job + "/cancel", "/jobs/{job}/cancel", "{}");
        answer(calls, 404, "GET", "/jobs/999", "/jobs/{job}", "");
    }

    /** Asks until the pull is over, which the test's time limit bounds. */
    private JsonNode awaitPull(JsonNode pull) throws Exception {
        String path = "/pulls/" + pull.path("id").asText();
        JsonNode now = pull;
        while (List.of("queued", "running").contains(now.path("state").asText())) {
            now = answer(admin, 200, "GET", path, "/pulls/{pull}", "");
        }
        return now;
    }

    private JsonNode pull(String model, String address) throws Exception {
        String body = "{\"address\":\"" + address + "\"}";
        return answer(admin, 202, "POST", "/models/" + model + "/pulls", "/models/{model}/pulls", body);
    }

    @Test
    @Timeout(300)
    void aModelIsPulledFromWhereTheServerMayAsk() throws Exception {
        JsonNode pulled = awaitPull(pull("pulled", "hf://org/model"));
        assertThat(pulled.path("error").isNull()).as(pulled.toString()).isTrue();
        assertThat(pulled.path("reference").asText()).isEqualTo("pulled@1/base");
        answer(calls, 200, "GET", "/models/pulled/versions/1", "/models/{model}/versions/{version}", "");
        JsonNode refused = awaitPull(pull("stolen", "https://elsewhere.example/m.gguf?key=secret"));
        assertThat(refused.path("state").asText()).isEqualTo("failed");
        assertThat(refused.path("error").asText()).contains("host elsewhere.example:443 is not allowed");
        assertThat(refused.toString()).doesNotContain("secret");
        answer(calls, 404, "GET", "/models/stolen", "/models/{model}", "");
        assertThat(awaitPull(pull("none", "hf://org/none")).path("error").asText())
                .isNotEmpty();
    }

    @Test
    @Timeout(300)
    void aPullThatHangsIsCancelled() throws Exception {
        JsonNode pull = pull("slow", "hf://org/slow");
        edge.hub.slowWasAsked.await();
        String path = "/pulls/" + pull.path("id").asText();
        JsonNode listed = answer(admin, 200, "GET", "/pulls", "/pulls", "").path("pulls");
        assertThat(listed.findValuesAsText("id")).contains(pull.path("id").asText());
        answer(admin, 202, "POST", path + "/cancel", "/pulls/{pull}/cancel", "{}");
        assertThat(awaitPull(pull).path("state").asText()).isEqualTo("cancelled");
        answer(calls, 404, "GET", "/models/slow", "/models/{model}", "");
    }

    @Test
    void aPullSaysWhatToBringAndNotWhoMayBeAsked() throws Exception {
        String template = "/models/{model}/pulls";
        for (String body : List.of(
                "{}",
                "{\"address\":\"/etc/passwd\"}",
                "{\"address\":\"file:///etc/passwd\"}",
                "{\"address\":\"hf://org/model\",\"hosts\":[\"evil.example\"]}")) {
            answer(admin, 400, "POST", "/models/m/pulls", template, body);
        }
        answer(admin, 400, "POST", "/models/Not%20a%20name/pulls", template, "{\"address\":\"hf://org/model\"}");
        answer(admin, 404, "GET", "/pulls/none", "/pulls/{pull}", "");
        answer(admin, 404, "POST", "/pulls/none/cancel", "/pulls/{pull}/cancel", "{}");
        assertThat(calls.get(ROUTES + "/pulls").status()).isEqualTo(403);
    }

    @Test
    void bodiesWithFieldsThatNobodyReadsAreRefused() throws Exception {
        for (String path : List.of("/verify", "/gc")) {
            answer(admin, 400, "POST", path, path, "{\"gracious\":1}");
        }
    }
}
