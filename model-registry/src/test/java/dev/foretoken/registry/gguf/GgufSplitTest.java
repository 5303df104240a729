package dev.foretoken.registry.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in several files. */
final class GgufSplitTest {

    @TempDir
    private Path folder;

    private Path part(int number) {
        return folder.resolve("m-%05d-of-00003.gguf".formatted(number));
    }

    private void rewrite(int number, GgufWriter writer) {
        writer.write(part(number));
    }

    private static List<GgufWriter> parts() {
        return SampleFile.writer().split(3);
    }

    @Test
    void readsTheTensorsOfAllParts() {
        Path first = SampleFile.writer().writeSplit(folder, "m", 3);
        SampleFile.writer().write(folder.resolve("whole.gguf"));
        try (GgufFile split = GgufFile.open(first);
                GgufFile whole = GgufFile.open(folder.resolve("whole.gguf"))) {
            assertThat(split.tensors().keySet())
                    .containsExactlyElementsOf(whole.tensors().keySet());
            for (String name : List.of("plain", "coded", "vector")) {
                GgufTensor tensor = split.tensor(name).orElseThrow();
                GgufTensor same = whole.tensor(name).orElseThrow();
                assertThat(tensor.dimensions()).isEqualTo(same.dimensions());
                assertThat(split.bytesOf(tensor).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(whole.bytesOf(same).toArray(ValueLayout.JAVA_BYTE));
            }
            assertThat(split.metadata().text("general.architecture")).contains("llama");
            assertThat(split.headers()).hasSize(3);
            assertThat(split.size()).isGreaterThan(whole.size());
        }
    }

    @Test
    void aReleasedFileIsReadAgain() {
        Path first = SampleFile.writer().writeSplit(folder, "m", 2);
        try (GgufFile split = GgufFile.open(first)) {
            GgufTensor vector = split.tensor("vector").orElseThrow();
            split.release();
            assertThat(split.bytesOf(vector).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(SampleFile.data(10));
        }
    }

    @Test
    void anotherPartThanTheFirstNamesTheFirst() {
        SampleFile.writer().writeSplit(folder, "m", 3);
        refuses(part(2), ErrorCode.MODEL_UNSUPPORTED, "part 2 of 3; name the first one, m-00001-of-00003.gguf");
    }

    @Test
    void aPartMayBeMissing() throws IOException {
        SampleFile.writer().writeSplit(folder, "m", 3);
        Files.delete(part(3));
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "m-00003-of-00003.gguf is not beside it");
    }

    @Test
    void aPartMayHaveAnotherName() throws IOException {
        SampleFile.writer().writeSplit(folder, "m", 3);
        Files.move(part(1), folder.resolve("model.gguf"));
        refuses(folder.resolve("model.gguf"), ErrorCode.MODEL_UNSUPPORTED, "must be named NAME-00001-of-00003.gguf");
        Files.move(folder.resolve("model.gguf"), folder.resolve("m-00001-of-00004.gguf"));
        refuses(folder.resolve("m-00001-of-00004.gguf"), ErrorCode.MODEL_FILE_CORRUPT, "named m-00001-of-00003.gguf");
    }

    @Test
    void partsMayBeMixedUp() throws IOException {
        SampleFile.writer().writeSplit(folder, "m", 3);
        Files.copy(part(3), folder.resolve("copy"));
        Files.move(folder.resolve("copy"), part(2), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "part 3 of 3, its name says 2 of 3");
        rewrite(2, parts().get(1).put("split.count", (short) 4));
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "part 2 of 4, its name says 2 of 3");
        rewrite(2, parts().get(1).put("split.tensors.count", 5));
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "all parts have 5 tensors");
    }

    @Test
    void tensorsMayBeMissingOrThereTwice() {
        SampleFile.writer().writeSplit(folder, "m", 3);
        rewrite(3, parts().get(2).tensor("plain", GgmlType.F32, SampleFile.data(4), 1));
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "tensor plain is in m-00001-of-00003.gguf too");
        rewrite(3, parts().get(2).tensor("more", GgmlType.F32, SampleFile.data(4), 1));
        refuses(part(1), ErrorCode.MODEL_FILE_CORRUPT, "all parts have 3 tensors, they have 4");
    }

    /** A split value that is missing, of another type, or out of range is refused; so is every damaged byte that matters. */
    @Test
    void damagedPartsAreRefusedOrReadAsTheyAre() throws IOException {
        Path first = SampleFile.writer().writeSplit(folder, "m", 2);
        Path second = folder.resolve("m-00002-of-00002.gguf");
        List<byte[]> sound = List.of(Files.readAllBytes(first), Files.readAllBytes(second));
        Random random = new Random(7);
        List<String> refusals = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            Path path = i % 2 == 0 ? first : second;
            byte[] damaged = sound.get(i % 2).clone();
            damaged[random.nextInt(Math.min(400, damaged.length))] ^= (byte) (1 << random.nextInt(8));
            Files.write(path, damaged);
            try (GgufFile file = GgufFile.open(first)) {
                file.tensors().values().forEach(tensor -> file.bytesOf(tensor).toArray(ValueLayout.JAVA_BYTE));
            } catch (ForetokenException e) {
                refusals.add(String.valueOf(e.getMessage()));
            }
            Files.write(path, sound.get(i % 2));
        }
        assertThat(refusals).hasSizeBetween(200, 1999);
    }

    private static void refuses(Path path, ErrorCode code, String sentence) {
        assertThatThrownBy(() -> GgufFile.open(path).close())
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(sentence);
    }
}
