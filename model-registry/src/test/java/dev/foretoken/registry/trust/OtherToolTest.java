package dev.foretoken.registry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A bundle that OpenSSF's {@code model_signing} made, with a key that openssl made, over four small files. Its order of files is its own:
 * {@code sub/a.txt} before {@code sub-b.txt}.
 */
class OtherToolTest {

    @TempDir
    Path folder;

    private final SampleVariant sample = new SampleVariant()
            .remove("tokenizer.json")
            .whole("config.json", "{}")
            .parts("model.safetensors", "wei", "ghts")
            .whole("sub/a.txt", "x")
            .whole("sub-b.txt", "y");

    @Test
    void acceptsABundleOfTheReferenceTool() throws IOException {
        assertThat(judge().sentence()).isEqualTo("signed by oms-p256");
    }

    @Test
    void seesAChangedFileUnderABundleOfTheReferenceTool() throws IOException {
        sample.whole("sub-b.txt", "z");
        assertThat(judge().sentence()).contains("file 'sub-b.txt' has sha256:");
    }

    private Verdict judge() throws IOException {
        Path key = folder.resolve("oms-p256.pub");
        Files.write(key, resource("oms-p256.pub"));
        TrustCheck check = new TrustCheck(TrustPolicy.REQUIRE, KeyRing.of(List.of(PublicHalf.read(key))), path -> true);
        return check.judge(sample.variant(), List.of(resource("oms-p256.sig")), sample.reader());
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(OtherToolTest.class.getResourceAsStream(name), name)) {
            byte[] bytes = in.readAllBytes();
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isNotEmpty();
            return bytes;
        }
    }
}
