package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.gateway.remote.PodTls;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.wire.fake.TestAuthority;
import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Between gateway and pod each side refuses who shows no certificate of an authority it believes. */
@Timeout(300)
class PodTlsTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final TestAuthority inside = new TestAuthority("inside");
    private final TestAuthority stranger = new TestAuthority("stranger");
    private final List<AutoCloseable> open = new ArrayList<>();
    private TlsMaterial material;
    private PodServer pod;

    @BeforeEach
    void serve() {
        material = read(TlsFolder.write(folder, "pod", inside, inside).files());
        pod = PodServer.start(
                PodConfig.loopback(0), FakeEngine.scripted("m", request -> List.of()), Optional.of(material));
        open.add(pod);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    private static TlsMaterial read(TlsFiles files) {
        return TlsMaterial.read(files, InstantSource.system());
    }

    private RemoteEngine connect(Optional<PodTls> tls) {
        RemoteEngine engine = RemoteEngine.connect(
                RemoteConfig.of("127.0.0.1", pod.port(), Optional.empty()).encrypted(tls));
        open.add(engine);
        return engine;
    }

    private RemoteEngine connect(TlsFiles files, String podName) {
        return connect(Optional.of(new PodTls(read(files), podName)));
    }

    private static void assertServed(RemoteEngine engine) throws InterruptedException {
        assertThat(engine.awaitConnected(LONG)).isTrue();
        engine.submit(request()).cancel();
    }

    private static void assertRefused(RemoteEngine engine) {
        assertThatThrownBy(() -> engine.submit(request()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
        assertThat(engine.models()).isEmpty();
    }

    private static GenerationRequest request() {
        return GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 4);
    }

    @Test
    void servesAGatewayWhoseCertificateItBelieves() throws InterruptedException {
        assertServed(connect(TlsFolder.write(folder, "gateway", inside, inside).files(), "pod"));
    }

    @Test
    void refusesAGatewayOfAnotherAuthority() {
        assertRefused(
                connect(TlsFolder.write(folder, "gateway", stranger, inside).files(), "pod"));
    }

    @Test
    void refusesAGatewayWithoutACertificate() {
        assertRefused(connect(TlsFolder.write(folder, "gateway", inside, inside).authoritiesAlone(), "pod"));
    }

    @Test
    void refusesAGatewayInPlaintext() {
        assertRefused(connect(Optional.empty()));
    }

    @Test
    void isRefusedByAGatewayThatDoesNotBelieveItsAuthorityOrSeeksAnotherName() {
        assertRefused(
                connect(TlsFolder.write(folder, "doubter", inside, stranger).files(), "pod"));
        assertRefused(connect(TlsFolder.write(folder, "gateway", inside, inside).files(), "another-pod"));
    }

    @Test
    void newConnectionsSeeRenewedFilesAndOldOnesGoOn() throws InterruptedException {
        RemoteEngine before =
                connect(TlsFolder.write(folder, "gateway", inside, inside).files(), "pod");
        assertServed(before);
        TlsFolder.write(folder, "pod", stranger, stranger);
        material.refresh();
        assertRefused(connect(TlsFolder.write(folder, "late", inside, inside).files(), "pod"));
        assertServed(
                connect(TlsFolder.write(folder, "renewed", stranger, stranger).files(), "pod"));
        before.submit(request()).cancel();
    }
}
