package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.KeyAlgorithm;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often each byte of a model is digested, which is what imports and loads take their time for. */
class RegistryHashingTest {

    /** More than all manifests and configurations of a test, far less than any weights. */
    private static final long DOCUMENTS = 60_000;

    private static final SigningKey KEY = SigningKey.create("release", KeyAlgorithm.ED25519);

    @TempDir
    private Path home;

    private Registry registry;
    private HashedBytes hashed;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(home.resolve("keys"));
        Files.writeString(home.resolve("keys/release.pub"), KEY.publicHalf().pem());
        registry = opened(TrustPolicy.NONE);
        hashed = HashedBytes.counted();
    }

    @AfterEach
    void close() {
        hashed.close();
        registry.close();
    }

    private Registry opened(TrustPolicy policy) {
        return Registry.open(RegistryConfig.at(home.resolve("home")).withTrust(policy, home.resolve("keys")));
    }

    private void reopen(TrustPolicy policy) {
        registry.close();
        registry = opened(policy);
        hashed.sinceLast();
    }

    private VariantRef imported(String model, String text) {
        return RegistryFixture.take(registry, model, RegistryFixture.model(home.resolve(model), text))
                .ref();
    }

    private ModelFile weights(VariantRef ref) {
        return registry.manifest(ref).files().stream()
                .filter(file -> !file.isWhole())
                .findFirst()
                .orElseThrow();
    }

    private void digests(long expected) {
        assertThat(hashed.sinceLast()).isBetween(expected, expected + DOCUMENTS);
    }

    @Test
    void anImportDigestsAFileInPartsTwiceAndAnyOtherOnce() {
        long text = 1_000_000;
        VariantRef toy = imported("toy", "x".repeat((int) text));
        digests(2 * weights(toy).size() + text);
        imported("toy", "x".repeat((int) text));
        digests(2 * weights(toy).size() + text);
    }

    @Test
    void aModelIsDigestedOnceHoweverOftenItIsOpened() {
        VariantRef toy = imported("toy", "a");
        hashed.sinceLast();
        registry.open(toy, LoadProgress.SILENT);
        digests(weights(toy).size());
        registry.open(toy, LoadProgress.SILENT);
        digests(0);
        reopen(TrustPolicy.NONE);
        registry.open(toy, LoadProgress.SILENT);
        digests(weights(toy).size());
    }

    @Test
    void variantsThatShareBlobsDigestThemOnceAndSwitchBackForNothing() {
        VariantRef first = imported("toy", "a");
        List<VariantRef> others = List.of(imported("toy", "b"), imported("toy", "c"), imported("toy", "d"));
        registry.open(first, LoadProgress.SILENT);
        hashed.sinceLast();
        for (VariantRef other : others) {
            registry.open(other, LoadProgress.SILENT);
            registry.open(first, LoadProgress.SILENT);
        }
        digests(0);
        imported("toy", "a");
        hashed.sinceLast();
        registry.open(first, LoadProgress.SILENT);
        digests(0);
    }

    @Test
    void aBlobThatSomebodyWroteToIsDigestedAgainAndRefused() throws IOException {
        VariantRef toy = imported("toy", "a");
        Path view = registry.view(toy, LoadProgress.SILENT).folder();
        Path part = view.resolve("parts")
                .resolve(weights(toy).parts().getLast().digest().hex());
        FileTime time = Files.getLastModifiedTime(part);
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        assertThat(part.toFile().setWritable(true)).isTrue();
        Files.write(part, bytes);
        Files.setLastModifiedTime(part, time);
        assertThatThrownBy(() -> registry.open(toy, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
    }

    @Test
    void aSignedModelIsDigestedAsAWholeOncePerProcessAndNotAfterItsImport() {
        VariantRef toy = imported("toy", "a");
        registry.sign(toy, KEY);
        reopen(TrustPolicy.REQUIRE);
        registry.open(toy, LoadProgress.SILENT);
        digests(2 * weights(toy).size());
        registry.open(toy, LoadProgress.SILENT);
        assertThat(registry.trust(toy).signed()).isTrue();
        digests(0);
        reopen(TrustPolicy.REQUIRE);
        imported("toy", "a");
        digests(2 * weights(toy).size());
        assertThat(registry.trust(toy).signed()).isTrue();
        digests(0);
    }

    @Test
    void aManifestFromElsewhereWhosePartsAreAnotherFileIsNotTaken() {
        VariantRef toy = imported("toy", "a");
        VariantManifest sound = registry.manifest(toy);
        List<ModelFile> files = sound.files().stream()
                .map(file -> file.isWhole()
                        ? file
                        : new ModelFile(file.path(), file.size(), Digest.of(new byte[] {1}), file.parts()))
                .toList();
        VariantManifest lying = VariantManifest.of(SampleModels.draft().withFiles(files), files, Map.of());
        registry.blobs().put(VariantManifest.configBytes(SampleModels.draft().withFiles(files), files));
        Digest manifest = registry.blobs().put(ManifestJson.write(lying));
        assertThatThrownBy(() -> registry.addVersion("other", manifest))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining("the parts of 'model.safetensors' are not the file");
        assertThatThrownBy(() -> registry.addVariant(toy, "lying", manifest))
                .hasMessageContaining("are not the file that the manifest says");
        assertThat(registry.models()).hasSize(1);
    }
}
