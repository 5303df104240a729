package dev.foretoken.registry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyFilesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void readsBackWhatItWrites(KeyAlgorithm algorithm) throws IOException {
        SigningKey key = SigningKey.create("release", algorithm);
        Path file = key.write(folder);
        assertThat(SigningKey.read(file).publicHalf()).isEqualTo(key.publicHalf());
        assertThat(PublicHalf.read(folder.resolve("release.pub"))).isEqualTo(key.publicHalf());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(folder.resolve("release.pub"))).doesNotContain("PRIVATE");
    }

    @Test
    void neverReplacesAKey() throws IOException {
        SigningKey.create("release", KeyAlgorithm.ED25519).write(folder);
        SigningKey other = SigningKey.create("release", KeyAlgorithm.ED25519);
        assertThatThrownBy(() -> other.write(folder)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void takesThePublicHalfFromTheFileBeside() throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ECDSA_P256);
        Path file = key.write(folder);
        Files.writeString(file, Files.readString(file).replaceFirst("(?s)-----BEGIN PUBLIC.*", ""));
        assertThat(SigningKey.read(file).publicHalf()).isEqualTo(key.publicHalf());
        Files.delete(folder.resolve("release.pub"));
        assertThatThrownBy(() -> SigningKey.read(file)).hasMessageContaining("openssl pkey -in release.pem -pubout");
    }

    @Test
    void refusesHalvesThatDoNotBelongTogether() throws IOException {
        Path file = SigningKey.create("release", KeyAlgorithm.ED25519).write(folder);
        String foreign =
                SigningKey.create("other", KeyAlgorithm.ED25519).publicHalf().pem();
        Files.writeString(file, Files.readString(file).replaceFirst("(?s)-----BEGIN PUBLIC.*", foreign));
        assertThatThrownBy(() -> SigningKey.read(file)).hasMessageContaining("do not belong together");
    }

    @Test
    void refusesKindsOfKeysThatAreNotInUse() throws Exception {
        byte[] rsa = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        Files.writeString(folder.resolve("old.pub"), Pem.of(Pem.PUBLIC, rsa));
        assertThatThrownBy(() -> KeyRing.read(folder)).hasMessageContaining("key old is none of Ed25519");
    }

    @Test
    void refusesAFolderWithAFileThatIsNoKey() throws IOException {
        SigningKey.create("release", KeyAlgorithm.ED25519).write(folder);
        Files.writeString(folder.resolve("zebra.pub"), "not a key");
        assertThatThrownBy(() -> KeyRing.read(folder)).hasMessageContaining("zebra.pub has no PUBLIC KEY");
    }

    @Test
    void trustsNobodyWithoutAFolder() throws IOException {
        assertThat(KeyRing.read(folder.resolve("none")).keys()).isEmpty();
    }

    @Test
    void readsEachKeyOfAFolderOnce() throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ED25519);
        key.write(folder);
        assertThat(KeyRing.read(folder).keys()).containsExactly(key.publicHalf());
    }
}
