package dev.foretoken.registry.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hanging test here is a host that hung us. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RemoteHttpTest {

    private static final RemoteLimits LIMITS = new RemoteLimits(1 << 20, 1 << 20, 10, Duration.ofSeconds(5), 3);

    private final StubHost stub = new StubHost();
    private final List<Duration> waits = new ArrayList<>();
    private final RemoteHttp http = new RemoteHttp(stub.rules(), LIMITS, waits::add);

    @AfterEach
    void close() throws IOException {
        http.close();
        stub.close();
    }

    @Test
    void readsAnAnswer() throws IOException {
        stub.on("/a", "hello");
        assertThat(text("/a")).isEqualTo("hello");
    }

    @Test
    void followsRedirectsAndKeepsTheirHeaders() throws IOException {
        stub.redirect("/a", "/b").redirect("/b", stub.uri("/c").toString()).on("/c", "there");
        try (Answer answer = http.send(RemoteRequest.get(stub.uri("/a")))) {
            assertThat(new String(answer.bytes(100), StandardCharsets.UTF_8)).isEqualTo("there");
            assertThat(answer.from().getPath()).isEqualTo("/c");
            assertThat(answer.hops()).hasSize(2);
            assertThat(answer.hops().getFirst()).containsEntry("location", "/b");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd",
                        "https://evil.example/",
                "ftp://127.0.0.1/", "http://[::1]/", "//evil.example/x", "gopher://x",
            })
    void refusesRedirectsToWhatIsNotAllowed(String location) {
        stub.redirect("/a", location);
        assertThatThrownBy(() -> text("/a"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        assertThat(stub.seen()).hasSize(1);
    }

    @Test
    void isNotLedFromAPublicHostIntoTheOwnNetwork() {
        HostRules rules = new HostRules(List.of("public.example"), List.of("127.0.0.1:5000"));
        assertThatThrownBy(() -> rules.requireStaysOutside(
                        URI.create("https://public.example/"), URI.create("http://127.0.0.1:5000/")))
                .hasMessageContaining("inside this network");
    }

    @Test
    void connectsOnlyToAddressesThatWereChecked() throws Exception {
        HostRules rules = new HostRules(List.of("public.example"), List.of());
        AtomicInteger asked = new AtomicInteger();
        InetAddress inside = InetAddress.getByName("192.168.0.1");
        try (RemoteHttp client = new RemoteHttp(rules, LIMITS, waits::add, host -> {
            asked.incrementAndGet();
            return new InetAddress[] {InetAddress.getByName("1.1.1.1"), inside};
        })) {
            assertThatThrownBy(() -> client.send(RemoteRequest.get(URI.create("https://public.example/"))))
                    .hasMessageContaining("host public.example has an address inside this network");
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void sendsNothingUnencryptedOffThisMachine() throws Exception {
        HostRules rules = new HostRules(List.of(), List.of("registry.example"));
        try (RemoteHttp client = new RemoteHttp(
                rules, LIMITS, waits::add, host -> new InetAddress[] {InetAddress.getByName("10.0.0.1")})) {
            assertThatThrownBy(() -> client.send(RemoteRequest.get(URI.create("http://registry.example/"))))
                    .hasMessageContaining("by https only");
        }
    }

    @Test
    void givesUpCirclesOfRedirects() {
        stub.redirect("/a", "/a");
        assertThatThrownBy(() -> text("/a")).hasMessageContaining("redirects more than 5 times");
    }

    @Test
    void asksForTheAuthorizationOfEachHost() throws IOException {
        stub.redirect("/a", "/b").on("/b", "x");
        RemoteRequest request = RemoteRequest.get(stub.uri("/a"))
                .authorized(uri -> uri.getPath().equals("/a") ? Optional.of("Bearer secret") : Optional.empty());
        http.send(request).close();
        assertThat(stub.seen()).containsExactly("GET /a | Authorization: Bearer secret", "GET /b");
    }

    @Test
    void waitsAsLongAsItIsAskedTo() throws IOException {
        AtomicInteger count = new AtomicInteger();
        stub.on("/a", exchange -> {
            boolean busy = count.getAndIncrement() < 2;
            exchange.getResponseHeaders().set("Retry-After", "7");
            StubHost.answer(exchange, busy ? 429 : 200, "done".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(text("/a")).isEqualTo("done");
        assertThat(waits).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
    }

    @Test
    void doesNotWaitLongerThanAMinute() {
        stub.on("/a", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            StubHost.answer(exchange, 429, new byte[0]);
        });
        try (Answer answer = http.send(RemoteRequest.get(stub.uri("/a")))) {
            assertThat(answer.failure().code()).isEqualTo(ErrorCode.SOURCE_UNAVAILABLE);
            assertThat(answer.failure().retryAfter()).contains(Duration.ofHours(1));
        }
        assertThat(waits).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "401,PERMISSION_DENIED",
        "403,PERMISSION_DENIED",
        "404,MODEL_NOT_FOUND",
        "418,SOURCE_UNAVAILABLE",
        "503,SOURCE_UNAVAILABLE"
    })
    void saysWhatAStatusMeans(int status, ErrorCode code) {
        stub.on("/a", status, new byte[0]);
        try (Answer answer = http.send(RemoteRequest.get(stub.uri("/a?signature=secret")))) {
            assertThat(answer.failure().code()).isEqualTo(code);
            assertThat(answer.failure())
                    .hasMessageContaining("/a' answered " + status)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void saysThatNobodyAnswers() {
        stub.close();
        assertThatThrownBy(() -> text("/a"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SOURCE_UNAVAILABLE))
                .hasMessageContaining("does not answer");
        assertThat(waits).hasSize(2);
    }

    @Test
    void refusesCompressedBodies() {
        stub.on("/a", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            StubHost.answer(exchange, 200, new byte[10]);
        });
        assertThatThrownBy(() -> text("/a")).hasMessageContaining("'gzip', which was not asked for");
    }

    @Test
    void refusesAnswersLongerThanAsked() {
        stub.on("/a", "x".repeat(101));
        assertThatThrownBy(() -> text("/a")).hasMessageContaining("more than 100 bytes");
    }

    private String text(String path) throws IOException {
        try (Answer answer = http.send(RemoteRequest.get(stub.uri(path)))) {
            return new String(answer.bytes(100), StandardCharsets.UTF_8);
        }
    }
}
