package dev.foretoken.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.Staging;
import dev.foretoken.registry.trust.KeyAlgorithm;
import dev.foretoken.registry.trust.KeyRing;
import dev.foretoken.registry.trust.ModelSigner;
import dev.foretoken.registry.trust.SignedVariant;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustCheck;
import dev.foretoken.registry.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every registry. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class OciContract {

    static final RemoteLimits LIMITS = new RemoteLimits(1 << 24, 1 << 24, 100, Duration.ofMinutes(2), 3);

    @TempDir
    Path folder;

    BlobStore here;
    BlobStore there;
    ImportReport toy;
    Path staging;

    /** {@code 127.0.0.1:PORT}. */
    abstract String host();

    String repository() {
        return "team/toy";
    }

    @BeforeEach
    void importToy() {
        staging = folder.resolve("staging");
        here = LocalBlobs.open(folder.resolve("here"), Clock.systemUTC());
        there = LocalBlobs.open(folder.resolve("there"), Clock.systemUTC());
        Path model = SampleModels.single(folder.resolve("model"));
        toy = new Ingest(here).store(model, Trust.UPLOADED, SampleModels.draft(), LoadProgress.SILENT);
    }

    OciReference place() {
        return OciReference.parse("oci://" + host() + "/" + repository() + ":v1");
    }

    OciConfig config(OciCredentials credentials, int chunkBytes) {
        return new OciConfig(new HostRules(List.of(), List.of(host())), LIMITS, credentials, chunkBytes);
    }

    OciPush.Pushed push(OciCredentials credentials, int chunkBytes, List<byte[]> signatures) {
        return new OciPush(config(credentials, chunkBytes), wait -> {})
                .push(here, toy.digest(), signatures, place(), Optional.empty(), LoadProgress.SILENT);
    }

    PulledVariant pull(OciCredentials credentials, OciReference place) {
        return new OciPull(config(credentials, OciConfig.CHUNK_BYTES), wait -> {})
                .pull(place, there, staging, LoadProgress.SILENT);
    }

    @Test
    void pullsByteForByteWhatWasPushed() throws IOException {
        OciPush.Pushed pushed = push(OciCredentials.none(), OciConfig.CHUNK_BYTES, List.of());
        PulledVariant pulled = pull(OciCredentials.none(), place());
        assertThat(pulled.digest()).isEqualTo(toy.digest());
        assertThat(pulled.manifest()).isEqualTo(toy.manifest());
        assertThat(pulled.config()).isEqualTo(toy.config());
        assertThat(pulled.signatures()).isEmpty();
        assertThat(pulled.manifest().blobs().keySet()).allMatch(there::has);
        assertThat(there.has(toy.digest())).isTrue();
        assertThat(pulled.from()).isEqualTo(pushed.place());
        assertThat(pull(OciCredentials.none(), pulled.from()).digest()).isEqualTo(toy.digest());
        assertThat(filesBelow(folder.resolve("staging"))).containsOnly("lock");
    }

    @Test
    void sendsNothingTwice() {
        OciPush.Pushed first = push(OciCredentials.none(), OciConfig.CHUNK_BYTES, List.of());
        OciPush.Pushed second = push(OciCredentials.none(), OciConfig.CHUNK_BYTES, List.of());
        assertThat(first.sentBytes()).isPositive();
        assertThat(second.sentBytes()).isZero();
        assertThat(second.presentBytes()).isEqualTo(first.sentBytes() + first.presentBytes());
    }

    @Test
    void sendsLargeBlobsInPieces() {
        push(OciCredentials.none(), 10_000, List.of());
        assertThat(pull(OciCredentials.none(), place()).digest()).isEqualTo(toy.digest());
    }

    @Test
    void bringsSignaturesThatStillVerify() {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ECDSA_P256);
        SignedVariant variant = SignedVariant.of("toy@1/base", toy.manifestBytes(), toy.manifest(), Map.of());
        byte[] signature = ModelSigner.sign(variant, key);
        byte[] other = ModelSigner.sign(variant, SigningKey.create("other", KeyAlgorithm.ED25519));
        push(OciCredentials.none(), OciConfig.CHUNK_BYTES, List.of(signature, other));
        PulledVariant pulled = pull(OciCredentials.none(), place());
        assertThat(pulled.signatures()).containsExactlyInAnyOrder(signature, other);
        TrustCheck check = new TrustCheck(TrustPolicy.REQUIRE, KeyRing.of(List.of(key.publicHalf())), path -> true);
        SignedVariant again = SignedVariant.of("toy", pulled.manifestBytes(), pulled.manifest(), Map.of());
        assertThat(check.enforce(again, pulled.signatures(), there::open).signed())
                .isTrue();
    }

    @Test
    void refusesASecondPullOfTheSame() throws IOException {
        push(OciCredentials.none(), OciConfig.CHUNK_BYTES, List.of());
        try (Staging first = Staging.open(folder.resolve("staging"), place().toString())) {
            assertThat(first.files()).exists();
            assertThatThrownBy(() -> pull(OciCredentials.none(), place())).hasMessageContaining("being pulled already");
        }
        assertThat(pull(OciCredentials.none(), place()).digest()).isEqualTo(toy.digest());
    }

    @Test
    void saysThatThereIsNoSuchTag() {
        assertThatThrownBy(() -> pull(OciCredentials.none(), OciReference.parse("oci://" + host() + "/team/none:v9")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("/team/none:v9");
        Digest unknown = Digest.of(new byte[1]);
        assertThatThrownBy(() -> pull(OciCredentials.none(), place().at(unknown)))
                .hasMessageContaining("there is no oci://");
    }

    private static List<String> filesBelow(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
