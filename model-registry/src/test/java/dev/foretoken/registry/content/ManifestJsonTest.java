package dev.foretoken.registry.content;

import static dev.foretoken.registry.content.SampleVariant.digest;
import static dev.foretoken.registry.content.SampleVariant.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestJsonTest {

    private final byte[] config = SampleVariant.configBytes();
    private final byte[] manifest = ManifestJson.write(SampleVariant.manifest());

    @Test
    void readsBackWhatItWrote() {
        assertThat(ManifestJson.parse(manifest, config)).isEqualTo(SampleVariant.manifest());
        assertThat(ManifestJson.configOf(manifest))
                .isEqualTo(SampleVariant.manifest().config());
        assertThat(ManifestJson.write(ManifestJson.parse(manifest, config))).isEqualTo(manifest);
        assertThat(VariantConfigJson.write(VariantConfigJson.parse(config))).isEqualTo(config);
    }

    /** The digests of variants that exist depend on these bytes: a change of the writer must not go unnoticed. */
    @Test
    void writesTheSameBytesForever() {
        assertThat(new String(manifest, StandardCharsets.UTF_8))
                .startsWith("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"artifactType\":\"application/vnd.foretoken.variant.v1+json\",\"config\":{\"mediaType\":"
                        + "\"application/vnd.foretoken.variant.config.v1+json\",\"digest\":\"sha256:")
                .contains("{\"mediaType\":\"application/vnd.foretoken.tensors.v1\",\"digest\":\"" + digest("first")
                        + "\",\"size\":200,\"annotations\":{\"dev.foretoken.file\":\"model.safetensors\","
                        + "\"dev.foretoken.part\":\"1\"}}")
                .contains("\"annotations\":{\"org.opencontainers.image.title\":\"config.json\"}");
        assertThat(Digest.of(config))
                .hasToString("sha256:d38e7818e23a67acd2afe4cee0598a40bb689cbab660d28f1a745066afc3d9f7");
        assertThat(Digest.of(manifest))
                .hasToString("sha256:3c18327f4d770915467270929f2044fecaa2989d1ee10f795f2bf7079493273b");
    }

    @Test
    void namesTheSameFilesAlikeWhateverTheirOrderAndOrigin() {
        VariantManifest first = SampleVariant.manifest();
        VariantManifest second = VariantManifest.of(
                SampleVariant.config(), first.files().reversed(), Map.of("dev.foretoken.note", "other"));
        assertThat(second.contentDigest()).isEqualTo(first.contentDigest());
        assertThat(new VariantManifest(first.config(), first.files().subList(0, 1), Map.of()).contentDigest())
                .isNotEqualTo(first.contentDigest());
    }

    @Test
    void listsEveryBlobOnceWithItsSize() {
        assertThat(SampleVariant.manifest().blobs())
                .containsOnlyKeys(
                        Digest.of(config), digest("config"), digest("header"), digest("first"), digest("second"))
                .containsEntry(digest("second"), 300L);
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                Arguments.of("\"schemaVersion\":2", "\"schemaVersion\":3", "is 3, this version of Foretoken reads 2"),
                Arguments.of("\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2", "strict JSON"),
                Arguments.of("\"schemaVersion\":2", "\"schemaVersion\":2,\"more\":1", "'more'"),
                Arguments.of("variant.v1+json", "other.v1+json", "expected application/vnd.foretoken.variant.v1+json"),
                Arguments.of("\"size\":200", "\"size\":201", "its parts have 601"),
                Arguments.of("\"size\":200", "\"size\":-200", "must be at least 0"),
                Arguments.of("\"size\":200", "\"size\":9223372036854775807", "more bytes than a file can have"),
                Arguments.of("\"size\":200", "\"size\":9223372036854775808", "whole number of 64 bits"),
                Arguments.of("\"size\":200", "\"size\":2e2", "whole number of 64 bits"),
                Arguments.of("\"size\":200", "\"size\":\"200\"", "whole number of 64 bits"),
                Arguments.of(
                        digest("first").hex(), "../" + digest("first").hex().substring(3), "digest"),
                Arguments.of(digest("config").hex(), digest("other").hex(), "the file's own digest"),
                Arguments.of("\"title\":\"config.json\"", "\"title\":\"../config.json\"", "does not follow"),
                Arguments.of("\"dev.foretoken.part\":\"1\"", "\"dev.foretoken.part\":\"2\"", "its parts have 100"),
                Arguments.of("\"dev.foretoken.part\":\"1\"", "\"dev.foretoken.part\":\"-1\"", "needs either"),
                Arguments.of("\"dev.foretoken.part\":\"1\"", "\"dev.foretoken.party\":\"1\"", "needs either"),
                Arguments.of("\"layers\":[", "\"layers\":{},\"others\":[", "must be an array"));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void refusesAManifestThatDoesNotAddUp(String from, String to, String message) {
        String text = new String(manifest, StandardCharsets.UTF_8).replace("org.opencontainers.image.", "");
        String marked = text.contains(from) ? text.replace(from, to) : text;
        assertThat(marked).isNotEqualTo(text);
        byte[] bytes = marked.replace("\"title\"", "\"org.opencontainers.image.title\"")
                .getBytes(StandardCharsets.UTF_8);
        refused(bytes, config, message);
    }

    @Test
    void refusesAnotherConfigurationThanTheOneNamed() {
        byte[] other = VariantManifest.configBytes(
                SampleVariant.config(), SampleVariant.files().subList(0, 1));
        refused(manifest, other, "the configuration given is another");
    }

    static Stream<Arguments> configChanges() {
        return Stream.of(
                Arguments.of("\"schemaVersion\":1", "\"schemaVersion\":2", "is 2, this version of Foretoken reads 1"),
                Arguments.of("\"format\":\"safetensors\"", "\"format\":\"pickle\"", "safetensors, gguf, recipe, onnx"),
                Arguments.of("\"path\":\"config.json\"", "\"path\":\"../config.json\"", "has .. in it"),
                Arguments.of("\"path\":\"config.json\"", "\"path\":\"model.safetensors\"", "occurs twice"),
                Arguments.of("\"path\":\"config.json\"", "\"path\":\"model.safetensors/a\"", "a file and a folder"),
                Arguments.of("2026-02-03T04:05:06Z", "yesterday", "must be a time"),
                Arguments.of("\"gptq\"", "\"\\ud800\"", "half a surrogate pair"),
                Arguments.of("\"gptq\"", "1", "must be text"),
                Arguments.of("\"bits\":\"4\"", "\"bits\":4", "must be text"),
                Arguments.of("\"reference\":", "\"references\":", "'reference' is missing"));
    }

    @ParameterizedTest
    @MethodSource("configChanges")
    void refusesAConfigurationThatCannotBe(String from, String to, String message) {
        String text = new String(config, StandardCharsets.UTF_8);
        String changed = text.replace(from, to);
        assertThat(changed).isNotEqualTo(text);
        assertThatThrownBy(() -> VariantConfigJson.parse(changed.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
    }

    @Test
    void boundsSizeAndLayers() {
        refused(new byte[(4 << 20) + 1], config, "at most 4194304 are read");
        List<Descriptor> parts = java.util.Collections.nCopies(20_001, part("same", 1));
        ModelFile file = new ModelFile("model.safetensors", 20_001, digest("whole"), parts);
        assertThatThrownBy(() -> VariantManifest.of(SampleVariant.config(), List.of(file), Map.of()))
                .hasMessageContaining("20001 parts, at most 20000");
    }

    @Test
    void refusesOneBlobWithTwoSizes() {
        List<ModelFile> files =
                List.of(ModelFile.whole("a.json", 1, digest("same")), ModelFile.whole("b.json", 2, digest("same")));
        assertThatThrownBy(() -> VariantManifest.of(SampleVariant.config(), files, Map.of()))
                .hasMessageContaining("with 1 and with 2 bytes");
    }

    private static void refused(byte[] manifest, byte[] config, String message) {
        assertThatThrownBy(() -> ManifestJson.parse(manifest, config))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining(message);
    }
}
