package dev.foretoken.wire.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.wire.fake.TestAuthority;
import dev.foretoken.wire.fake.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are good are taken, also later; files that are not are refused in words, or left out while the server runs. */
class TlsMaterialTest {

    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    Path folder;

    private final TestAuthority authority = new TestAuthority("authority");
    private Path certificate;
    private Path key;
    private Path authorities;

    @BeforeEach
    void write() {
        certificate = folder.resolve("tls.crt");
        key = folder.resolve("tls.key");
        authorities = folder.resolve("ca.crt");
        authority.issue("first").write(certificate, key);
        authority.write(authorities);
    }

    private TlsFiles files() {
        return new TlsFiles(
                Optional.of(new TlsFiles.Identity(new PemFile("tls-cert", certificate), new PemFile("tls-key", key))),
                Optional.of(new PemFile("tls-client-ca", authorities)));
    }

    private TlsMaterial read() {
        return TlsMaterial.read(files(), CLOCK);
    }

    private static X509Certificate shown(TlsMaterial material) {
        return material.keys().orElseThrow().getCertificateChain("default")[0];
    }

    private static X509Certificate[] believed(TlsMaterial material) {
        return material.trust().orElseThrow().getAcceptedIssuers();
    }

    private void refused(String... words) {
        assertThatThrownBy(this::read).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(e).hasMessageContainingAll(words);
        });
    }

    @Test
    void showsACertificateThatIsRenewedWhileTheServerRuns() {
        TlsMaterial material = read();
        X509Certificate before = shown(material);
        material.refresh();
        assertThat(shown(material)).isSameAs(before);
        Issued renewed = authority.issue("second");
        renewed.write(certificate, key);
        material.refresh();
        assertThat(shown(material)).isEqualTo(renewed.certificate());
    }

    @Test
    void keepsWhatItHasWhileTheFilesDoNotFitAndTakesThemOnceTheyDo() {
        TlsMaterial material = read();
        X509Certificate before = shown(material);
        Issued renewed = authority.issue("second");
        renewed.write(certificate, folder.resolve("not-yet.key"));
        material.refresh();
        assertThat(shown(material)).isEqualTo(before);
        renewed.write(certificate, key);
        material.refresh();
        assertThat(shown(material)).isEqualTo(renewed.certificate());
    }

    @Test
    void believesAnotherAuthorityOnceTheFileNamesIt() {
        TlsMaterial material = read();
        assertThat(believed(material)).containsExactly(authority.certificate());
        TestAuthority other = new TestAuthority("other");
        other.write(authorities);
        material.refresh();
        assertThat(believed(material)).containsExactly(other.certificate());
    }

    @Test
    void refusesAFileThatIsNotThere() throws IOException {
        Files.delete(certificate);
        refused("tls-cert=", "tls.crt cannot be read");
    }

    @Test
    void refusesAFileWithoutACertificate() throws IOException {
        Files.writeString(authorities, "nothing here\n");
        refused("tls-client-ca=", "-----BEGIN CERTIFICATE-----");
    }

    @Test
    void refusesAKeyOfAnotherForm() throws IOException {
        Files.writeString(key, Files.readString(key).replace("PRIVATE KEY", "RSA PRIVATE KEY"));
        refused("tls-key=", "PKCS#8");
    }

    @Test
    void refusesAKeyThatIsCutShortWithoutQuotingIt() throws IOException {
        String text = Files.readString(key);
        String inner = text.lines().toList().get(1);
        Files.writeString(key, text.replace(inner, inner.substring(0, 20)));
        refused("tls-key=", "cannot be read");
        assertThatThrownBy(this::read).hasMessageNotContaining(inner.substring(0, 20));
    }

    @Test
    void refusesTheKeyOfAnotherCertificate() {
        authority.issue("other").write(folder.resolve("other.crt"), key);
        refused("tls-key=", "is not the key of the first certificate");
    }

    @Test
    void refusesACertificateThatHasExpired() {
        authority.issue("old", Instant.now().minus(Duration.ofHours(1))).write(certificate, key);
        refused("tls-cert=", "renew it");
    }
}
