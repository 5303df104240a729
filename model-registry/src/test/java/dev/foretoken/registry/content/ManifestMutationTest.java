package dev.foretoken.registry.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Damages manifests and configurations at random: each is read, or refused with the one exception and one of its two codes. */
class ManifestMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 500_000 : 10_000;
    private static final List<String> TOKENS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "null",
            "true",
            "-1",
            "1e999",
            "9223372036854775808",
            "\"..\"",
            "\"/\"",
            "\\u0000",
            "\\ud800",
            "\"size\":",
            "\"digest\":",
            "\"sha256:\"",
            "NaN",
            "/*",
            "\n",
            "0x1");

    @Test
    void parsingNeverFailsInAnyOtherWay() {
        byte[] manifest = ManifestJson.write(SampleVariant.manifest());
        byte[] config = SampleVariant.configBytes();
        Random random = new Random(20260501);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = mutate(manifest, random);
            read += reads(round, bytes -> ManifestJson.parse(bytes, config), damaged) ? 1 : 0;
            reads(round, ManifestJson::configOf, damaged);
            reads(round, VariantConfigJson::parse, mutate(config, random));
        }
        assertThat(read).isLessThan(ROUNDS / 2);
    }

    @Test
    void refusesEveryDocumentThatEndsTooEarly() {
        byte[] manifest = ManifestJson.write(SampleVariant.manifest());
        for (int length = 0; length < manifest.length; length++) {
            byte[] start = Arrays.copyOf(manifest, length);
            assertThat(reads(length, bytes -> ManifestJson.parse(bytes, SampleVariant.configBytes()), start))
                    .isFalse();
        }
    }

    private static byte[] mutate(byte[] sound, Random random) {
        byte[] bytes = sound;
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            int end = Math.min(bytes.length, at + 1 + random.nextInt(16));
            bytes = switch (random.nextInt(5)) {
                case 0 -> join(bytes, at, new byte[] {(byte) random.nextInt()}, Math.min(bytes.length, at + 1));
                case 1 -> join(bytes, at, token(random), at);
                case 2 -> join(bytes, at, token(random), end);
                case 3 -> join(bytes, at, Arrays.copyOfRange(bytes, at, end), at);
                default -> join(bytes, at, new byte[0], end);
            };
            if (bytes.length == 0) {
                return bytes;
            }
        }
        return bytes;
    }

    private static byte[] token(Random random) {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] bytes, int at, byte[] middle, int rest) {
        byte[] out = Arrays.copyOf(bytes, at + middle.length + bytes.length - rest);
        System.arraycopy(middle, 0, out, at, middle.length);
        System.arraycopy(bytes, rest, out, at + middle.length, bytes.length - rest);
        return out;
    }

    private static boolean reads(int round, Consumer<byte[]> parsing, byte[] bytes) {
        try {
            parsing.accept(bytes);
            return true;
        } catch (ForetokenException e) {
            assertThat(e.code())
                    .as("round %d: %s", round, e.getMessage())
                    .isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.CONFIG_INVALID);
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError("round " + round + ": " + new String(bytes, StandardCharsets.ISO_8859_1), e);
        }
    }
}
