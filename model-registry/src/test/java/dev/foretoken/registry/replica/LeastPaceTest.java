package dev.foretoken.registry.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.StubHost;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LeastPaceTest {

    private static final LeastPace PACE = new LeastPace(Duration.ofSeconds(50), 100, Duration.ofSeconds(30));

    private final AtomicLong clock = new AtomicLong();

    /** Gives so many bytes at once, each time after so long. */
    private InputStream coming(int bytes, Duration after, int total) {
        return new ByteArrayInputStream(new byte[total]) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                clock.addAndGet(after.toNanos());
                return super.read(into, offset, Math.min(bytes, length));
            }
        };
    }

    private int read(InputStream in) throws IOException {
        return PACE.required(in, clock::get).readAllBytes().length;
    }

    @Test
    void whoGivesAByteNowAndThenIsGivenUp() {
        assertThatThrownBy(() -> read(coming(1, Duration.ofSeconds(10), 1000)))
                .isInstanceOf(IOException.class)
                .hasMessage("3 bytes came in 30 s, at least 100 are expected");
        assertThatThrownBy(() -> read(coming(33, Duration.ofSeconds(10), 1000))).hasMessageStartingWith("99 bytes");
    }

    @Test
    void whoKeepsThePaceGoesOnAndTheLastWindowMayHaveLess() throws IOException {
        assertThat(read(coming(34, Duration.ofSeconds(10), 1020))).isEqualTo(1020);
        assertThat(read(coming(100, Duration.ofSeconds(31), 1000))).isEqualTo(1000);
        assertThat(read(coming(1, Duration.ofSeconds(10), 2))).isEqualTo(2);
    }

    @Test
    void aReaderMayTakeItsTime() throws IOException {
        InputStream in = PACE.required(coming(1, Duration.ofMillis(1), 50), clock::get);
        for (int i = 0; i < 50; i++) {
            assertThat(in.read()).isZero();
            clock.addAndGet(Duration.ofMinutes(1).toNanos());
        }
        assertThat(in.read()).isEqualTo(-1);
    }

    private RegistryApi api(URI address, LeastPace pace) {
        ReplicaConfig config = new ReplicaConfig(address, "", Optional.empty(), Path.of("unused"), 0);
        return new RegistryApi(
                config, pace, () -> clock.addAndGet(Duration.ofSeconds(10).toNanos()));
    }

    @Test
    void aBlobThatTricklesIsGivenUpAfterAFewTries() throws IOException {
        byte[] content = new byte[4000];
        Digest digest = Digest.of(content);
        try (StubHost host = new StubHost().file("/registry/v1/blobs/" + digest, content, "\"v\"", 0);
                InputStream in = new RemoteBlobs(api(host.uri("/"), PACE)).open(digest)) {
            byte[] few = new byte[10];
            assertThatThrownBy(() -> {
                        for (int read = 0; read < content.length; ) {
                            read += in.read(few);
                        }
                    })
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_UNAVAILABLE));
            assertThat(host.seen()).hasSize(6);
        }
    }

    @Test
    void aHeadThatTricklesIsGivenUp() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> trickle(socket));
            LeastPace pace = new LeastPace(Duration.ofMillis(200), 100, Duration.ofSeconds(30));
            RegistryApi api = api(URI.create("http://127.0.0.1:" + socket.getLocalPort()), pace);
            assertThatThrownBy(() -> api.open("/assignments", 0)).isInstanceOf(IOException.class);
        }
    }

    /** A head without an end. */
    private static void trickle(ServerSocket socket) {
        try (Socket caller = socket.accept();
                OutputStream out = caller.getOutputStream()) {
            out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                Thread.sleep(5);
            }
        } catch (IOException e) {
            // It is given up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
