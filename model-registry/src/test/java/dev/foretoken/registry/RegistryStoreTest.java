package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.job.JobOrder;
import dev.foretoken.registry.job.JobSpec;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.KeyAlgorithm;
import dev.foretoken.registry.trust.SigningKey;
import dev.foretoken.registry.trust.TrustPolicy;
import dev.foretoken.registry.view.VariantView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class RegistryStoreTest {
    /** Nothing is young. */
    private static final Duration NOW = Duration.ofSeconds(-1);

    private final Path folder;
    private final String url;
    private Registry registry;

    RegistryStoreTest(DatabaseKind kind, @TempDir Path folder) {
        this.folder = folder;
        this.url = kind.url(folder);
        registry = Registry.open(config());
    }

    private RegistryConfig config() {
        return RegistryConfig.at(folder.resolve("home")).withMetadata(url);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void theSameFilesAreOneVersion() {
        Imported first = imported("one");
        Imported again = RegistryFixture.take(registry, "toy", RegistryFixture.model(folder.resolve("copy"), "one"));
        Imported other = imported("two");
        assertThat(first.known()).isFalse();
        assertThat(again.known()).isTrue();
        assertThat(again.ref()).isEqualTo(first.ref()).isEqualTo(VariantRef.base("toy", 1));
        assertThat(other.ref()).isEqualTo(VariantRef.base("toy", 2));
        assertThat(other.report().knownBytes()).isGreaterThan(other.report().newBytes());
        assertThat(registry.model("toy").versions()).hasSize(2);
    }

    @Test
    void anotherModelWithTheSameFilesIsItsOwn() {
        imported("one");
        assertThat(RegistryFixture.take(registry, "other", folder.resolve("one"))
                        .ref())
                .isEqualTo(VariantRef.base("other", 1));
    }

    @Test
    void aViewHasTheFilesThatWereImported() throws IOException {
        VariantRef ref = imported("one").ref();
        VariantView view = registry.view(ref, LoadProgress.SILENT);
        assertThat(view.folder().resolve("README.md")).hasContent("one");
        ModelSource source = registry.open(ref, LoadProgress.SILENT);
        assertThat(source.name()).isEqualTo("toy@1/base");
        assertThat(source.digest()).isEqualTo(registry.variant(ref).manifest().toString());
        assertThat(Path.of(source.location())).isEqualTo(view.folder());
    }

    @Test
    void whatIsNoModelLeavesNoVersion() {
        Path broken = RegistryFixture.model(folder.resolve("broken"), "x");
        cut(broken.resolve("model.safetensors"));
        refuses(() -> RegistryFixture.take(registry, "toy", broken), ErrorCode.MODEL_FILE_CORRUPT, "");
        assertThat(registry.models()).isEmpty();
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
    }

    @Test
    void aDamagedBlobIsFoundNamedAndHealedByImportingAgain() throws IOException {
        VariantRef one = imported("one").ref();
        VariantRef two = imported("two").ref();
        Digest weights = largestPart(one);
        damage(weights);

        refuses(() -> registry.view(one, LoadProgress.SILENT), ErrorCode.MODEL_FILE_CORRUPT, "models verify");
        VerifyReport found = registry.verify(false, LoadProgress.SILENT);
        assertThat(found.problems()).hasSize(1);
        assertThat(found.problems().getFirst().what()).isEqualTo(weights.toString());
        assertThat(found.problems().getFirst().variants()).containsExactly(one.toString(), two.toString());

        registry.verify(true, LoadProgress.SILENT);
        assertThat(imported("one").known()).isTrue();
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
        registry.view(one, LoadProgress.SILENT);
    }

    @Test
    void aDatabaseThatContradictsAManifestIsFound() {
        VariantRef ref = imported("one").ref();
        try (Metadata metadata = Metadata.open(url)) {
            metadata.change(session -> {
                VariantRow row = session.variants().find(ref).orElseThrow();
                session.variants().remove(ref);
                session.variants()
                        .add(new VariantRow(
                                ref, row.manifest(), row.content(), row.config(), row.bytes() + 1, row.created()));
                return true;
            });
        }
        VerifyReport report = registry.verify(false, LoadProgress.SILENT);
        assertThat(report.problems()).hasSize(1);
        assertThat(report.problems().getFirst().detail()).contains("says otherwise than its manifest");
    }

    @Test
    void aCollectionTakesWhatIsRemovedAndNothingThatAnAliasReaches() {
        VariantRef one = imported("one").ref();
        VariantRef two = imported("two").ref();
        registry.setAlias("toy", "prod", Reference.parse("toy@2"), "");
        registry.view(one, LoadProgress.SILENT);
        registry.removeVersion("toy", 1);

        assertThat(registry.collectGarbage(Registry.GRACE, LoadProgress.SILENT).removed())
                .isZero();
        CollectReport collected = registry.collectGarbage(NOW, LoadProgress.SILENT);
        assertThat(collected.removed()).isEqualTo(3);
        assertThat(collected.views()).isEqualTo(1);
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
        assertThat(registry.view(two, LoadProgress.SILENT).folder().resolve("README.md"))
                .hasContent("two");
    }

    @Test
    void whatAQueuedJobCalibratesWithIsKept() {
        VariantRef base = imported("one").ref();
        JobOrder order = new JobOrder(base, "q4", "gptq", Map.of(), List.of(new int[] {1, 2, 3}), 1);
        Job job = registry.jobs().submit(order);
        Digest calibration = JobSpec.parse(job.spec()).calibration().orElseThrow();
        registry.collectGarbage(Duration.ZERO, LoadProgress.SILENT);
        assertThat(registry.blobs().has(calibration)).isTrue();
        refuses(() -> registry.removeVersion("toy", 1), ErrorCode.REGISTRY_CONFLICT, "job 1 builds from");
    }

    @Test
    void whatIsStoredAlreadyBecomesAVariantOnce() {
        VariantRef one = imported("one").ref();
        Digest other = registry.variant(imported("two").ref()).manifest();
        assertThat(registry.addVariant(one, "pulled", other)).isEqualTo(one.sibling("pulled"));
        refuses(() -> registry.addVariant(one, "pulled", other), ErrorCode.REGISTRY_CONFLICT, "never change");
        assertThat(registry.addVersion("copy", other)).isEqualTo(VariantRef.base("copy", 1));
        assertThat(registry.verify(false, LoadProgress.SILENT).clean()).isTrue();
    }

    @Test
    void theUnsignedIsNeitherOpenedNorPointedAtWhenThePolicySaysSo() throws IOException {
        VariantRef one = imported("one").ref();
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ED25519);
        Path keys = Files.createDirectories(folder.resolve("trusted"));
        Files.writeString(keys.resolve("release.pub"), key.publicHalf().pem());
        registry.close();
        registry = Registry.open(config().withTrust(TrustPolicy.REQUIRE, keys));

        refuses(() -> registry.view(one, LoadProgress.SILENT), ErrorCode.SIGNATURE_REFUSED, "is not signed");
        refuses(
                () -> registry.setAlias("toy", "prod", Reference.parse("toy@1"), ""),
                ErrorCode.SIGNATURE_REFUSED,
                "is not signed");
        registry.sign(one, key);
        registry.view(one, LoadProgress.SILENT);
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
        assertThat(registry.trust(one).sentence()).contains("release");
        assertThat(registry.variant(one).signatures()).hasSize(1);
    }

    private Imported imported(String text) {
        return RegistryFixture.take(registry, "toy", RegistryFixture.model(folder.resolve(text), text));
    }

    private Digest largestPart(VariantRef ref) {
        ModelFile weights = registry.manifest(ref).files().stream()
                .filter(file -> file.path().equals("model.safetensors"))
                .findFirst()
                .orElseThrow();
        return weights.parts().get(1).digest();
    }

    private void damage(Digest digest) throws IOException {
        Path home = folder.resolve("home");
        Path file;
        try (var files = Files.walk(home.resolve("store"))) {
            file = files.filter(path -> path.getFileName().toString().equals(digest.hex()))
                    .findFirst()
                    .orElseThrow();
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static void cut(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 7));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void refuses(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
