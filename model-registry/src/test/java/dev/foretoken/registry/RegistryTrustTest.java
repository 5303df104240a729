package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.KeyAlgorithm;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do who may write to the registry's folder and database, but has no key: nothing that a load does not notice. */
class RegistryTrustTest {

    private static final SigningKey KEY = SigningKey.create("release", KeyAlgorithm.ED25519);

    @TempDir
    Path home;

    private Registry registry;

    private VariantRef toy = VariantRef.base("toy", 1);

    @BeforeEach
    void importAndSign() throws IOException {
        Files.createDirectories(home.resolve("keys"));
        Files.writeString(home.resolve("keys/release.pub"), KEY.publicHalf().pem());
        registry = open(TrustPolicy.REQUIRE);
        toy = importModel("toy", "a");
        registry.sign(toy, KEY);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void opensWhatATrustedKeySigned() {
        assertThat(registry.open(toy, LoadProgress.SILENT).digest()).startsWith("sha256:");
        assertThat(registry.trust(toy).sentence()).isEqualTo("signed by release");
    }

    @Test
    void refusesAFlippedByteOfEveryBlobWhateverThePolicy() throws IOException {
        VariantManifest manifest = registry.manifest(toy);
        Set<Digest> blobs = new LinkedHashSet<>(manifest.blobs().keySet());
        blobs.add(registry.variant(toy).manifest());
        for (Digest blob : blobs) {
            byte[] sound = flip(blob);
            refused(toy, ErrorCode.MODEL_FILE_CORRUPT);
            try (Registry warning = open(TrustPolicy.WARN)) {
                assertThatThrownBy(() -> warning.open(toy, LoadProgress.SILENT)).isInstanceOf(ForetokenException.class);
            }
            write(blob, sound);
        }
        registry.open(toy, LoadProgress.SILENT);
    }

    @Test
    void refusesTheSignatureOfAnotherModel() {
        VariantRef other = importModel("other", "b");
        refused(other, ErrorCode.SIGNATURE_REFUSED);
        assertThat(registry.refusal(other).orElseThrow())
                .startsWith("other@1/base may not be loaded: other@1/base is not signed");
        assertThat(registry.refusal(toy)).isEmpty();
        registry.signatures(toy).forEach(signature -> registry.addSignature(other, signature));
        refused(other, ErrorCode.SIGNATURE_REFUSED);
        assertThat(registry.trust(other).sentence()).contains("signed was");
    }

    @Test
    void refusesAnyFlippedByteOfASignature() {
        byte[] good = registry.signatures(toy).getFirst();
        for (int round = 0; round < 12; round++) {
            VariantRef copy = importModel("copy" + round, "a");
            byte[] bad = good.clone();
            bad[good.length * round / 12] ^= 1;
            registry.addSignature(copy, bad);
            assertThat(registry.trust(copy).signed())
                    .as("byte %d", good.length * round / 12)
                    .isFalse();
        }
    }

    @Test
    void refusesANewUnsignedVersionOfASignedModel() {
        VariantRef second = importModel("toy", "b");
        assertThat(second.version()).isEqualTo(2);
        refused(second, ErrorCode.SIGNATURE_REFUSED);
    }

    @Test
    void refusesALineOfTheDatabaseThatLeadsToAnUnsignedManifest() throws SQLException {
        VariantRef evil = importModel("evil", "b");
        String manifest = registry.variant(evil).manifest().toString();
        change("UPDATE variants SET manifest = '" + manifest
                + "', config = (SELECT config FROM variants WHERE model = 'evil') WHERE model = 'toy'");
        refused(toy, ErrorCode.SIGNATURE_REFUSED);
    }

    @Test
    void refusesLoadSettingsThatOnlyTheDatabaseHas() throws SQLException {
        change(
                "UPDATE variants SET config = replace(config, '\"settings\":{}', '\"settings\":{\"kv_cache_dtype\":\"int8\"}')");
        assertThat(registry.variant(toy).config().settings()).containsKey("kv_cache_dtype");
        refused(toy, ErrorCode.MODEL_FILE_CORRUPT);
    }

    @Test
    void opensTheUnsignedUnderAWarningAndSaysSo() {
        VariantRef other = importModel("other", "b");
        try (Registry warning = open(TrustPolicy.WARN)) {
            warning.open(other, LoadProgress.SILENT);
            assertThat(warning.refusal(other)).isEmpty();
            assertThat(warning.trust(other).warns()).isTrue();
            assertThat(warning.trust(other).sentence()).isEqualTo("other@1/base is not signed");
        }
    }

    private Registry open(TrustPolicy policy) {
        return Registry.open(RegistryConfig.at(home).withTrust(policy, home.resolve("keys")));
    }

    private VariantRef importModel(String name, String text) {
        Path folder = SampleModels.single(home.resolve("sources").resolve(name + text));
        SampleModels.write(folder.resolve("README.md"), text);
        Provenance from = new Provenance("a test", "test", "import", Map.of(), null, Instant.EPOCH);
        return registry.importModel(name, folder, Trust.UPLOADED, from, LoadProgress.SILENT)
                .ref();
    }

    private void refused(VariantRef ref, ErrorCode code) {
        assertThatThrownBy(() -> registry.open(ref, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("registry.db"));
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }

    private byte[] flip(Digest blob) throws IOException {
        byte[] sound = Files.readAllBytes(file(blob));
        byte[] bad = sound.clone();
        bad[bad.length / 2] ^= 8;
        write(blob, bad);
        return sound;
    }

    /** In place, so that what is linked to it changes too. */
    private void write(Digest blob, byte[] bytes) throws IOException {
        Path file = file(blob);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.write(file, bytes);
    }

    private Path file(Digest blob) throws IOException {
        try (Stream<Path> walk = Files.walk(home.resolve("store"))) {
            return walk.filter(path -> path.getFileName().toString().equals(blob.hex()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
