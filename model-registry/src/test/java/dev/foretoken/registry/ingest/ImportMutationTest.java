package dev.foretoken.registry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Changes the first bytes of a file on every way in: what comes of it is either refused with a sentence, with nothing stored, or an import.
 * {@code -Psoak} (system property foretoken.soak) makes three hundred times as many.
 */
final class ImportMutationTest {

    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 20_000 : 60;
    private static final String[] SPLICES = {"0", "-1", "9223372036854775807", "../", "\"", "{", "[", "null", "\u0000"};

    @TempDir
    private Path home;

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void changedFilesAreRefusedOrTaken(WayIn way) throws IOException {
        Path folder = way.sound(home.resolve("model"));
        Path file = folder.resolve(way.path);
        byte[] sound = Files.readAllBytes(file);
        Random random = new Random(way.ordinal());
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Files.write(file, changed(sound, random));
            refused += isRefused(folder, way + " " + round) ? 1 : 0;
        }
        if (way.hasHeader() && way != WayIn.ONNX_DATA) {
            assertThat(refused).isPositive();
        }
    }

    private static byte[] changed(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        int header = Math.min(bytes.length, 400);
        for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(Math.min(header, bytes.length));
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                case 2 -> {
                    byte[] splice = SPLICES[random.nextInt(SPLICES.length)].getBytes(StandardCharsets.UTF_8);
                    System.arraycopy(splice, 0, bytes, at, Math.min(splice.length, bytes.length - at));
                }
                default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
            }
        }
        return bytes;
    }

    private static boolean isRefused(Path folder, String round) {
        MemoryBlobs blobs = new MemoryBlobs();
        try {
            ImportReport report =
                    new Ingest(blobs).store(folder, Trust.UPLOADED, SampleModels.draft(), LoadProgress.SILENT);
            assertThat(report.newBytes() + report.knownBytes())
                    .as(round)
                    .isEqualTo(report.manifest().fileBytes());
            return false;
        } catch (ForetokenException e) {
            assertThat(e.code()).as(round).isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.MODEL_UNSUPPORTED);
            assertThat(blobs.blobs).as(round).isEmpty();
            return true;
        }
    }
}
