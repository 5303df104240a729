package dev.foretoken.registry.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A hanging test here is a host that hung us. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DownloadTest {

    private static final byte[] CONTENT = new byte[300_000];
    private static final String ETAG = "\"v1\"";

    static {
        new Random(3).nextBytes(CONTENT);
    }

    @TempDir
    Path folder;

    private final StubHost stub = new StubHost();
    private final List<Duration> waits = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final RemoteHttp http =
            new RemoteHttp(stub.rules(), new RemoteLimits(1 << 20, 500_000, 10, Duration.ofSeconds(10), 3), waits::add);
    private final ByteBudget budget = new ByteBudget(http.limits().totalBytes());

    @AfterEach
    void close() throws IOException {
        http.close();
        stub.close();
    }

    @Test
    void bringsAFileAndLeavesNothingElse() throws IOException {
        stub.file("/f", CONTENT, ETAG, 0);
        List<Long> positions = new ArrayList<>();
        Digest digest = new Download(http).fetch(order(OptionalLong.empty(), Optional.empty()), budget, positions::add);
        assertThat(digest).isEqualTo(Digest.of(CONTENT));
        assertThat(folder.resolve("f")).hasBinaryContent(CONTENT);
        assertThat(folder).isDirectoryContaining("glob:**/f").isDirectoryNotContaining("glob:**/*.{part,etag}");
        assertThat(positions.getLast()).isEqualTo(CONTENT.length);
    }

    @Test
    void goesOnWhereAConnectionBroke() throws IOException {
        stub.file("/f", CONTENT, ETAG, 100_000);
        fetch();
        assertThat(folder.resolve("f")).hasBinaryContent(CONTENT);
        assertThat(stub.seen()).hasSize(2);
        assertThat(stub.seen().get(1))
                .matches("GET /f \\| Range: bytes=\\d+- \\| If-Range: \"v1\"")
                .doesNotContain("bytes=0-");
    }

    @Test
    void goesOnWhereAnotherProcessStopped() throws IOException {
        stub.file("/f", CONTENT, ETAG, 0);
        Files.write(folder.resolve("f.part"), Arrays.copyOf(CONTENT, 200_000));
        Files.writeString(folder.resolve("f.etag"), ETAG);
        fetch();
        assertThat(folder.resolve("f")).hasBinaryContent(CONTENT);
        assertThat(stub.seen()).containsExactly("GET /f | Range: bytes=200000- | If-Range: \"v1\"");
    }

    @Test
    void startsAgainWhenTheFileChangedMeanwhile() throws IOException {
        stub.file("/f", CONTENT, "\"v2\"", 0);
        Files.write(folder.resolve("f.part"), new byte[200_000]);
        Files.writeString(folder.resolve("f.etag"), ETAG);
        fetch();
        assertThat(folder.resolve("f")).hasBinaryContent(CONTENT);
    }

    @Test
    void doesNotGoOnWithBytesThatNothingVouchesFor() throws IOException {
        stub.file("/f", CONTENT, "W/\"weak\"", 0);
        Files.write(folder.resolve("f.part"), new byte[200_000]);
        fetch();
        assertThat(stub.seen()).containsExactly("GET /f");
    }

    @Test
    void throwsAwayBytesWithAnotherDigest() throws IOException {
        stub.file("/f", CONTENT, ETAG, 0);
        Files.write(folder.resolve("f.part"), new byte[200_000]);
        Digest right = Digest.of(CONTENT);
        refused(ErrorCode.MODEL_FILE_CORRUPT, OptionalLong.empty(), Optional.of(right), "expected was " + right);
        assertThat(folder).isEmptyDirectory();
        assertThat(new Download(http).fetch(order(OptionalLong.empty(), Optional.of(right)), budget, at -> {}))
                .isEqualTo(right);
    }

    @Test
    void asksNobodyForAFileThatIsThere() throws IOException {
        Files.write(folder.resolve("f"), CONTENT);
        new Download(http).fetch(order(OptionalLong.empty(), Optional.of(Digest.of(CONTENT))), budget, at -> {});
        assertThat(stub.seen()).isEmpty();
    }

    @Test
    void givesUpAHostThatAlwaysCutsAtOnce() {
        stub.on("/f", exchange -> {
            exchange.getResponseHeaders().set("ETag", ETAG);
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 10);
            exchange.close();
        });
        refused(ErrorCode.SOURCE_UNAVAILABLE, OptionalLong.empty(), Optional.empty(), "does not answer");
        assertThat(waits).hasSize(2);
    }

    @Test
    void refusesALengthThatIsNotTheOneExpected() {
        stub.file("/f", CONTENT, ETAG, 0);
        refused(
                ErrorCode.MODEL_FILE_CORRUPT,
                OptionalLong.of(299_999),
                Optional.empty(),
                "has 300000 bytes, expected were 299999");
    }

    @Test
    void stopsABodyWithoutEndAtTheLengthExpected() {
        endless();
        refused(ErrorCode.MODEL_FILE_CORRUPT, OptionalLong.of(5000), Optional.empty(), "more than the 5000 bytes");
    }

    @Test
    void stopsABodyWithoutEndAtTheLimit() {
        endless();
        refused(
                ErrorCode.PAYLOAD_TOO_LARGE,
                OptionalLong.empty(),
                Optional.empty(),
                "more than 500000 bytes",
                "pull.file-bytes");
    }

    @Test
    void stopsWhenThePullHasTooManyBytes() {
        stub.file("/f", CONTENT, ETAG, 0);
        assertThatThrownBy(() -> new Download(http)
                        .fetch(order(OptionalLong.empty(), Optional.empty()), new ByteBudget(100_000), at -> {}))
                .hasMessageContaining("pull.total-bytes");
    }

    @Test
    void refusesAFileOverTheLimitBeforeItComes() {
        stub.file("/f", new byte[500_001], ETAG, 0);
        refused(ErrorCode.PAYLOAD_TOO_LARGE, OptionalLong.empty(), Optional.empty(), "pull.file-bytes");
        assertThat(folder.resolve("f.part")).doesNotExist();
    }

    @Test
    void givesUpAHostThatDrips() {
        stub.on("/f", exchange -> {
            exchange.sendResponseHeaders(200, 100_000);
            for (int i = 0; i < 50; i++) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
            }
            exchange.close();
        });
        Download slow =
                new Download(http, () -> nanos.addAndGet(Duration.ofSeconds(6).toNanos()));
        assertThatThrownBy(() -> slow.fetch(order(OptionalLong.empty(), Optional.empty()), budget, at -> {}))
                .hasMessageContaining("does not answer");
    }

    private void endless() {
        stub.on("/f", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(CONTENT, 0, 10_000);
            }
        });
    }

    private void refused(ErrorCode code, OptionalLong size, Optional<Digest> digest, String... words) {
        assertThatThrownBy(() -> new Download(http).fetch(order(size, digest), budget, at -> {}))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContainingAll(words);
        assertThat(folder.resolve("f")).doesNotExist();
    }

    private void fetch() throws IOException {
        new Download(http).fetch(order(OptionalLong.empty(), Optional.empty()), budget, at -> {});
    }

    private DownloadOrder order(OptionalLong size, Optional<Digest> digest) {
        return new DownloadOrder(RemoteRequest.get(stub.uri("/f")), folder.resolve("f"), size, digest);
    }
}
