package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.fake.Awaited;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class BatchRoutesTest {

    private static final String BOUNDARY = "x-boundary-x";

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;
    private Calls tenant;
    private SchemaCheck schema;

    @BeforeEach
    void begin() throws Exception {
        calls = new Calls(root);
        tenant = new Calls(root, TestEdge.TENANT_KEY);
        schema = new SchemaCheck(calls.get("/v1/batches/openapi.json").json());
    }

    private static String part(String disposition, String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
    }

    private static String purpose(String text) {
        return part("name=\"purpose\"", text);
    }

    private static String file(String content) {
        return part("name=\"file\"; filename=\"re \u00e9q.jsonl\"", content);
    }

    private static String end() {
        return "--" + BOUNDARY + "--\r\n";
    }

    private static Calls.Reply send(Calls by, String form) throws Exception {
        return by.send(by.request("/v1/files")
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    }

    private static String line(String id, String model) {
        return "{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"%s\",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}}\n"
                .formatted(id, model);
    }

    private String upload(String content) throws Exception {
        Calls.Reply reply = send(calls, purpose("batch") + file(content) + end());
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json().path("id").asText();
    }

    private static String order(String file) {
        return "{\"input_file_id\":\"%s\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"metadata\":{\"a\":\"b\"}}"
                .formatted(file);
    }

    private JsonNode job(String batch) throws Exception {
        return calls.get("/v1/batches/" + batch).json();
    }

    private static boolean ended(JsonNode job) {
        return job.path("completed_at").isNumber() || job.path("failed_at").isNumber();
    }

    private JsonNode awaited(String batch) throws Exception {
        Awaited.until("the batch ends", () -> ended(job(batch)));
        return job(batch);
    }

    private void fits(String name, JsonNode value) {
        JsonNode known = schema.document().path("components").path("schemas").path(name);
        assertThat(schema.problems(known, value)).as(value.toString()).isEmpty();
    }

    @Test
    void aBatchGoesFromItsFileToItsAnswers() throws Exception {
        String file = upload(line("a", "toy") + line("b", "toy"));
        Calls.Reply created = calls.post("/v1/batches", order(file));
        assertThat(created.status()).as(created.response().body()).isEqualTo(200);
        fits("Batch", created.json());
        assertThat(created.json().path("status").asText()).isEqualTo("validating");
        JsonNode done = awaited(created.json().path("id").asText());
        fits("Batch", done);
        assertThat(done.path("status").asText()).isEqualTo("completed");
        assertThat(done.path("request_counts").toString()).isEqualTo("{\"total\":2,\"completed\":2,\"failed\":0}");
        assertThat(created.json().path("usage").isNull()).isTrue();
        assertThat(done.path("usage").toString())
                .isEqualTo("{\"input_tokens\":6,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":4,"
                        + "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":10}");
        assertThat(done.path("metadata").toString()).isEqualTo("{\"a\":\"b\"}");
        Calls.Reply content =
                calls.get("/v1/files/" + done.path("output_file_id").asText() + "/content");
        assertThat(content.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(content.response().body().lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("\"custom_id\":\"a\",\"response\":{\"status_code\":200");
        assertThat(done.path("error_file_id").isNull()).isTrue();
    }

    @Test
    void failedRequestsHaveAFileOfTheirOwn() throws Exception {
        String batch = calls.post("/v1/batches", order(upload(line("a", "missing"))))
                .json()
                .path("id")
                .asText();
        JsonNode done = awaited(batch);
        assertThat(done.path("output_file_id").isNull()).isTrue();
        assertThat(calls.get("/v1/files/" + done.path("error_file_id").asText() + "/content")
                        .response()
                        .body())
                .contains("\"status_code\":404");
    }

    @Test
    void aFileWithFlawsFailsItsBatch() throws Exception {
        String batch = calls.post("/v1/batches", order(upload("nonsense\n")))
                .json()
                .path("id")
                .asText();
        JsonNode failed = awaited(batch);
        fits("Batch", failed);
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("errors").path("data").path(0).path("line").asInt())
                .isEqualTo(1);
        Calls.Reply cancelled = calls.post("/v1/batches/" + batch + "/cancel", "");
        assertThat(cancelled.status()).isEqualTo(409);
        assertThat(cancelled.error().path("code").asText()).isEqualTo("job_conflict");
    }

    @Test
    void filesAreShownListedAndDeleted() throws Exception {
        String first = upload("one");
        String second = upload("zwei \u00e9");
        JsonNode shown = calls.get("/v1/files/" + second).json();
        fits("File", shown);
        assertThat(shown.path("filename").asText()).isEqualTo("re \u00e9q.jsonl");
        assertThat(shown.path("bytes").asInt()).isEqualTo(7);
        assertThat(calls.get("/v1/files/" + second + "/content").response().body())
                .isEqualTo("zwei \u00e9");
        JsonNode page = calls.get("/v1/files?limit=1&purpose=batch").json();
        fits("FilePage", page);
        assertThat(page.path("data").findValuesAsText("id")).containsExactly(second);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        JsonNode next = calls.get("/v1/files?limit=1&after=" + second).json();
        assertThat(next.path("data").findValuesAsText("id")).containsExactly(first);
        Calls.Reply deleted = calls.send(calls.request("/v1/files/" + first).DELETE());
        fits("DeletedFile", deleted.json());
        assertThat(calls.get("/v1/files/" + first).status()).isEqualTo(404);
    }

    @Test
    void tenantsSeeTheirOwnAlone() throws Exception {
        String file = upload(line("a", "toy"));
        String batch = calls.post("/v1/batches", order(file)).json().path("id").asText();
        for (String path :
                new String[] {"/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/batches/" + batch}) {
            assertThat(tenant.get(path).status()).as(path).isEqualTo(404);
        }
        assertThat(tenant.send(tenant.request("/v1/files/" + file).DELETE()).status())
                .isEqualTo(404);
        assertThat(tenant.post("/v1/batches/" + batch + "/cancel", "").status()).isEqualTo(404);
        assertThat(tenant.post("/v1/batches", order(file)).status()).isEqualTo(404);
        assertThat(tenant.get("/v1/files").json().path("data")).isEmpty();
        assertThat(tenant.get("/v1/batches").json().path("data")).isEmpty();
        awaited(batch);
    }

    @Test
    void batchesAreListedInPages() throws Exception {
        String file = upload(line("a", "toy"));
        String first = calls.post("/v1/batches", order(file)).json().path("id").asText();
        String second = calls.post("/v1/batches", order(file)).json().path("id").asText();
        JsonNode page = calls.get("/v1/batches?limit=1").json();
        fits("BatchPage", page);
        assertThat(page.path("last_id").asText()).isEqualTo(second);
        assertThat(calls.get("/v1/batches?limit=1&after=" + second)
                        .json()
                        .path("first_id")
                        .asText())
                .isEqualTo(first);
        awaited(first);
        awaited(second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/files?limit=0",
                "/v1/files?limit=x",
                "/v1/files?order=up",
                "/v1/files?after=file-none",
                "/v1/batches?limit=101",
                "/v1/batches?after=batch_none"
            })
    void pagesAreAskedForRightly(String path) throws Exception {
        assertThat(calls.get(path).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/models\",\"completion_window\":\"24h\"}",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"soon\"}",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"metadata\":{\"a\":1}}",
                "{\"input_file_id\":\"FILE\",\"endpoint\":\"/v1/completions\",\"completion_window\":\"24h\",\"output_expires_after\":{\"anchor\":\"x\"}}"
            })
    void batchesAreAskedForRightly(String body) throws Exception {
        String file = upload(line("a", "toy"));
        Calls.Reply reply = calls.post("/v1/batches", body.replace("FILE", file));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("type").asText()).isEqualTo("invalid_request_error");
    }

    @Test
    void formsAreRefusedForWhatIsWrong() throws Exception {
        refuses(400, "purpose", file("x") + end());
        refuses(400, "purpose", purpose("fine-tune") + file("x") + end());
        refuses(400, "file", purpose("batch") + end());
        refuses(400, "one file", purpose("batch") + file("x") + file("y") + end());
        refuses(400, "named file", purpose("batch") + part("name=\"other\"; filename=\"x\"", "x") + end());
        refuses(400, "purpose", "no form at all");
        refuses(400, "", purpose("batch") + file("x").replace("\r\n--", ""));
        refuses(400, "multipart", purpose("b".repeat(9000)) + file("x") + end());
        refuses(400, "multipart", purpose("batch").repeat(20) + file("x") + end());
        refuses(
                400,
                "seconds",
                purpose("batch") + part("name=\"expires_after[anchor]\"", "created_at") + file("x") + end());
        refuses(413, "200000", purpose("batch") + file("x".repeat(200_001)) + end());
        Calls.Reply json = calls.post("/v1/files", "{}");
        assertThat(json.status()).isEqualTo(415);
    }

    private void refuses(int status, String words, String form) throws Exception {
        Calls.Reply reply = send(calls, form);
        assertThat(reply.status())
                .as(form.substring(0, Math.min(200, form.length())))
                .isEqualTo(status);
        assertThat(reply.error().path("message").asText()).contains(words);
    }

    @Test
    void aPageOfAnotherOriginCannotSendAFile() throws Exception {
        Calls.Reply sent = calls.send(calls.request("/v1/files")
                .header("origin", "https://elsewhere.example")
                .header("content-type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofString(purpose("batch") + file("x") + end())));
        assertThat(sent.status()).isEqualTo(403);
        Calls.Reply cancelled = calls.send(calls.request("/v1/batches/batch_x/cancel")
                .header("origin", "https://elsewhere.example")
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(cancelled.status()).isEqualTo(403);
    }

    @Test
    void aFileMayStandBeforeItsFields() throws Exception {
        Calls.Reply reply = send(
                calls,
                file("x\r\n--x-boundary-\r\ny")
                        + part("name=\"expires_after[seconds]\"", "7200")
                        + part("name=\"expires_after[anchor]\"", "created_at")
                        + purpose("batch")
                        + end());
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.json().path("expires_at").asLong()
                        - reply.json().path("created_at").asLong())
                .isEqualTo(7200);
        assertThat(calls.get("/v1/files/" + reply.json().path("id").asText() + "/content")
                        .response()
                        .body())
                .isEqualTo("x\r\n--x-boundary-\r\ny");
    }

    @Test
    void aLargeFileArrivesByteForByte() throws Exception {
        String content = "0123456789abcde\n".repeat(12_000);
        String file = upload(content);
        assertThat(calls.get("/v1/files/" + file + "/content").response().body())
                .isEqualTo(content);
        assertThat(content.getBytes(StandardCharsets.UTF_8)).hasSize(192_000);
    }

    @Test
    void nothingIsToldWithoutACredential() throws Exception {
        for (String path : new String[] {"/v1/files", "/v1/batches", "/v1/files/x/content"}) {
            assertThat(calls.send(calls.anonymous(path).GET()).status()).isEqualTo(401);
        }
    }
}
