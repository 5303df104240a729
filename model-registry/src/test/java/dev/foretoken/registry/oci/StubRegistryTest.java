package dev.foretoken.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Authorization and misbehaviour, which the reference registry does not do on order. */
class StubRegistryTest extends OciContract {

    private static final OciCredentials NOBODY = OciCredentials.none();

    private final StubRegistry registry = new StubRegistry();

    @Override
    String host() {
        return registry.host.host();
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private OciCredentials me() {
        return OciCredentials.of(host(), "me", "secret");
    }

    @Test
    void fetchesATokenWhenAskedForOne() {
        registry.askForTokens();
        push(me(), OciConfig.CHUNK_BYTES, List.of());
        assertThat(pull(me(), place()).digest()).isEqualTo(toy.digest());
        assertThat(registry.tokens).hasValue(2);
        assertThat(registry.host.seen())
                .anyMatch(
                        line -> line.startsWith("GET /token?service=stub&scope=repository%3Ateam%2Ftoy%3Apull%2Cpush"));
    }

    @Test
    void fetchesAnotherTokenWhenOneHasExpired() {
        registry.askForTokens();
        registry.tokenUses = 12;
        push(me(), OciConfig.CHUNK_BYTES, List.of());
        assertThat(pull(me(), place()).digest()).isEqualTo(toy.digest());
        assertThat(registry.tokens.get()).isGreaterThan(2);
    }

    @Test
    void sendsUserAndPasswordWhenAskedForThem() {
        registry.askForBasic();
        push(me(), OciConfig.CHUNK_BYTES, List.of());
        assertThat(pull(me(), place()).digest()).isEqualTo(toy.digest());
    }

    @Test
    void saysWhereCredentialsComeFromAndShowsNone() {
        registry.askForBasic();
        refused(NOBODY, ErrorCode.PERMISSION_DENIED, "FORETOKEN_OCI_HOST");
        refused(OciCredentials.of(host(), "me", "wrong-secret"), ErrorCode.PERMISSION_DENIED, "FORETOKEN_OCI_HOST");
        registry.askForTokens();
        refused(OciCredentials.of(host(), "me", "wrong-secret"), ErrorCode.PERMISSION_DENIED, "FORETOKEN_OCI_HOST");
    }

    @Test
    void takesCredentialsToNoTokenServiceThatIsNotAllowed() {
        registry.challenge = "Bearer realm=\"https://evil.example/token\",service=\"x\"";
        refused(me(), ErrorCode.PERMISSION_DENIED, "host evil.example:443 is not allowed");
        registry.challenge = "Bearer realm=\"http://169.254.169.254/token\",service=\"x\"";
        refused(me(), ErrorCode.PERMISSION_DENIED, "host 169.254.169.254:80 is not allowed");
        registry.challenge = "Bearer nonsense";
        refused(me(), ErrorCode.PERMISSION_DENIED, "https://HOST/PATH");
    }

    @Test
    void goesOnWithAnUploadThatBroke() {
        registry.breakPieces.set(2);
        push(NOBODY, 50_000, List.of());
        assertThat(pull(NOBODY, place()).digest()).isEqualTo(toy.digest());
        assertThat(registry.host.seen()).anyMatch(line -> line.startsWith("GET /v2/team/toy/blobs/uploads/"));
    }

    @Test
    void takesBlobsOverFromAnotherRepository() {
        for (Digest blob : toy.manifest().blobs().keySet()) {
            registry.blobs.put(blob.toString(), here.read(blob, 1 << 24).orElseThrow());
        }
        toy.manifest()
                .blobs()
                .keySet()
                .forEach(blob -> registry.host.on("HEAD /v2/team/toy/blobs/" + blob, 404, new byte[0]));
        OciPush.Pushed pushed = new OciPush(config(NOBODY, 10_000), wait -> {})
                .push(here, toy.digest(), List.of(), place(), Optional.of("team/base"), LoadProgress.SILENT);
        assertThat(pushed.sentBytes()).isZero();
        assertThat(registry.host.seen())
                .anyMatch(line -> line.contains("uploads/?mount=sha256:") && line.contains("&from=team/base"));
    }

    @Test
    void refusesAnyFlippedBlob() {
        push(NOBODY, OciConfig.CHUNK_BYTES, List.of());
        Map<String, byte[]> all = Map.copyOf(registry.blobs);
        all.forEach((digest, bytes) -> {
            byte[] changed = bytes.clone();
            changed[changed.length / 2] ^= 4;
            there = LocalBlobs.open(folder.resolve("there-" + digest.substring(7)), Clock.systemUTC());
            // What an earlier try brought is not fetched again.
            staging = folder.resolve("staging-" + digest.substring(7));
            registry.blobs.put(digest, changed);
            refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "");
            assertThat(there.has(toy.digest())).isFalse();
            registry.blobs.put(digest, bytes);
        });
        assertThat(pull(NOBODY, place()).digest()).isEqualTo(toy.digest());
    }

    @Test
    void refusesAManifestThatIsNotTheDigestsOne() {
        push(NOBODY, OciConfig.CHUNK_BYTES, List.of());
        byte[] changed = new String(registry.manifests.get("v1"), StandardCharsets.UTF_8)
                .replace("model.safetensors", "model.safetensorz")
                .getBytes(StandardCharsets.UTF_8);
        registry.manifests.put(toy.digest().toString(), changed);
        assertThatThrownBy(() -> pull(NOBODY, place().at(toy.digest()))).hasMessageContaining("expected was");
        registry.manifests.put("v1", changed);
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "");
    }

    @Test
    void refusesWhatIsNoVariant() {
        registry.manifests.put(
                "v1",
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{}}"
                        .formatted(MediaTypes.MANIFEST)
                        .getBytes(StandardCharsets.UTF_8));
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "the variant's manifest");
        registry.manifests.put("v1", new byte[(4 << 20) + 1]);
        refused(NOBODY, ErrorCode.PAYLOAD_TOO_LARGE, "more than 4194304 bytes");
    }

    @Test
    void refusesFilesThatNoImportTakes() {
        forge(new String[] {"pytorch_model.bin", "pickle"});
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "files that no import takes");
        forge(new String[] {"modeling.py", "import os"});
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "files that no import takes");
        forge(new String[] {"model.safetensors", "no header"});
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "");
    }

    @Test
    void refusesPartsThatAreNotTheFileWhichIsClaimed() {
        ModelFile real = toy.manifest().files().stream()
                .filter(file -> !file.isWhole())
                .findFirst()
                .orElseThrow();
        List<Descriptor> parts = new ArrayList<>(real.parts());
        byte[] other = here.read(parts.getLast().digest(), 1 << 24).orElseThrow();
        other[other.length - 1] ^= 1;
        parts.set(parts.size() - 1, new Descriptor(MediaTypes.TENSORS, put(other), other.length));
        pushForged(with(new ModelFile(real.path(), real.size(), real.digest(), parts)));
        refused(NOBODY, ErrorCode.MODEL_FILE_CORRUPT, "not the bytes that its configuration names");
    }

    private void forge(String[] pathAndContent) {
        byte[] content = pathAndContent[1].getBytes(StandardCharsets.UTF_8);
        pushForged(with(ModelFile.whole(pathAndContent[0], content.length, put(content))));
    }

    private List<ModelFile> with(ModelFile file) {
        List<ModelFile> files = new ArrayList<>(toy.manifest().files());
        files.removeIf(other -> other.path().equals(file.path()));
        files.add(file);
        return files;
    }

    private Digest put(byte[] bytes) {
        Digest digest = here.put(bytes);
        registry.blobs.put(digest.toString(), bytes);
        return digest;
    }

    private void pushForged(List<ModelFile> files) {
        push(NOBODY, OciConfig.CHUNK_BYTES, List.of());
        put(VariantManifest.configBytes(toy.config(), files));
        registry.manifests.put("v1", ManifestJson.write(VariantManifest.of(toy.config(), files, Map.of())));
    }

    private void refused(OciCredentials credentials, ErrorCode code, String words) {
        assertThatThrownBy(() -> pull(credentials, place()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words)
                .hasMessageNotContaining("secret");
    }
}
