package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.registry.content.Digest;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpRequest;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class UploadRoutesTest {

    private static final String ROUTE = "/registry/v1/models/toy/uploads";

    @Inject
    TestEdge edge;

    @Inject
    AdminPort port;

    private Calls admin;
    private String upload;

    @BeforeEach
    void begin() throws Exception {
        admin = Calls.ofOperator(port);
        Calls.Reply reply = admin.post(ROUTE, "{}");
        assertThat(reply.status()).isEqualTo(201);
        upload = ROUTE + "/" + reply.json().path("id").asText();
    }

    @AfterEach
    void abort() throws Exception {
        admin.send(admin.request(upload).DELETE());
    }

    private Calls.Reply put(String path, byte[] body) throws Exception {
        return admin.send(admin.request(upload + "/files/" + path).PUT(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void filesLargerThanAnyOtherBodyArriveWhole() throws Exception {
        byte[] large = new byte[11 << 20];
        large[large.length - 1] = 7;
        assertThat(put("sub/model.safetensors", large).status()).isEqualTo(200);
        JsonNode file = admin.get(upload).json().path("files").path(0);
        assertThat(file.path("path").asText()).isEqualTo("sub/model.safetensors");
        assertThat(file.path("size").asLong()).isEqualTo(large.length);
        assertThat(file.path("digest").asText()).isEqualTo(Digest.of(large).toString());
    }

    @Test
    void aFileOverTheLimitIsRefused() throws Exception {
        assertThat(put("a", new byte[(12 << 20) + 1]).status()).isEqualTo(413);
    }

    @Test
    void pathsOutOfTheUploadAreRefusedHoweverTheyAreWritten() throws Exception {
        for (String path : new String[] {
            "..%2f..%2fetc%2fpasswd", "%2e%2e%2fa", "a%2f..%2f..%2fb", "%2fetc%2fpasswd", "a%5cb", "a%00b", "c%3aa"
        }) {
            Calls.Reply reply = put(path, new byte[1]);
            assertThat(reply.status()).as(path + " " + reply.response().body()).isEqualTo(400);
        }
        assertThat(admin.get(upload).json().path("files")).isEmpty();
    }

    @Test
    void anAnnouncedDigestIsChecked() throws Exception {
        byte[] body = {1, 2, 3};
        assertThat(put("a", body, Digest.of(body)).status()).isEqualTo(200);
        Calls.Reply wrong = put("b", body, Digest.of(new byte[1]));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.error().path("param").asText()).isEqualTo("content-digest");
        assertThat(admin.get(upload).json().path("files")).hasSize(1);
    }

    private Calls.Reply put(String path, byte[] body, Digest digest) throws Exception {
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(digest.hex()));
        return admin.send(admin.request(upload + "/files/" + path)
                .header("content-digest", "sha-256=:" + base64 + ":")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void aDigestHeaderOfAnotherKindIsRefusedRatherThanIgnored() throws Exception {
        Calls.Reply reply = admin.send(admin.request(upload + "/files/a")
                .header("content-digest", "md5=:AAAA:")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[1])));
        assertThat(reply.status()).isEqualTo(400);
    }

    @Test
    void onlySoManyUploadsAndFilesAreTaken() throws Exception {
        Calls.Reply second = admin.post(ROUTE, "{}");
        assertThat(second.status()).isEqualTo(201);
        Calls.Reply third = admin.post(ROUTE, "{}");
        assertThat(third.status()).isEqualTo(429);
        assertThat(third.header("retry-after")).isNotEmpty();
        String id = second.json().path("id").asText();
        assertThat(admin.send(admin.request(ROUTE + "/" + id).DELETE()).status())
                .isEqualTo(204);
        for (int i = 0; i < 5; i++) {
            assertThat(put("f" + i, new byte[1]).status()).isEqualTo(200);
        }
        assertThat(put("f5", new byte[1]).status()).isEqualTo(413);
    }

    @Test
    void anUploadIsReachedUnderItsOwnModelAlone() throws Exception {
        assertThat(admin.get(upload.replace("/toy/", "/other/")).status()).isEqualTo(400);
        assertThat(admin.post("/registry/v1/models/NOT%20a%20name/uploads", "{}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aFailedCommitEndsTheUpload() throws Exception {
        assertThat(admin.post(upload + "/commit", "{}").status()).isEqualTo(400);
        assertThat(admin.get(upload).error().path("message").asText()).contains("no such upload");
    }
}
