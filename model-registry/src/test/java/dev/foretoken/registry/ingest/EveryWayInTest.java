package dev.foretoken.registry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in refuses every trap, before anything is stored. */
final class EveryWayInTest {

    private final MemoryBlobs blobs = new MemoryBlobs();

    @TempDir
    private Path home;

    private Path folder() {
        return home.resolve("model");
    }

    private ImportReport store(Trust trust) {
        return new Ingest(blobs).store(folder(), trust, SampleModels.draft(), LoadProgress.SILENT);
    }

    private void refuses(Trust trust, String... said) {
        Throwable thrown = catchThrowable(() -> store(trust));
        assertThat(thrown).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isIn(ErrorCode.MODEL_FILE_CORRUPT, ErrorCode.MODEL_UNSUPPORTED);
            assertThat(e.getMessage()).doesNotContain(home.toString());
            if (said.length > 0) {
                assertThat(Arrays.stream(said).anyMatch(e.getMessage()::contains))
                        .as(e.getMessage())
                        .isTrue();
            }
        });
        assertThat(blobs.blobs).as("nothing was stored").isEmpty();
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void takesWhatIsSound(WayIn way) {
        way.sound(folder());
        for (Trust trust : Trust.values()) {
            assertThat(store(trust).manifest().files())
                    .anyMatch(file -> file.path().equals(way.path));
        }
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesASymbolicLinkThatLeadsOut(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        Path outside = Files.move(file, home.resolve("outside"));
        Files.createSymbolicLink(file, outside);
        refuses(Trust.UPLOADED, "symbolic link", "is not there", "is not a file");
        refuses(Trust.OWN_FOLDER, "leads out");
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesASymbolicLinkWithinAnUploadOnly(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        Files.move(file, file.resolveSibling("moved.data"));
        Files.createSymbolicLink(file, Path.of("moved.data"));
        refuses(Trust.UPLOADED, "symbolic link");
        assertThatCode(() -> store(Trust.OWN_FOLDER)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesAFolderThatIsALink(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        Path parent = file.getParent();
        if (!parent.equals(folder())) {
            Path outside = Files.move(parent, home.resolve("outside"));
            Files.createSymbolicLink(parent, outside);
            refuses(Trust.UPLOADED, "symbolic link", "no weights", "is not a folder");
        }
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesAHardLinkInAnUploadOnly(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        Files.createLink(home.resolve("outside"), file);
        refuses(Trust.UPLOADED, "has 2 names (hard links)");
        assertThatCode(() -> store(Trust.OWN_FOLDER)).doesNotThrowAnyException();
    }

    static Stream<Arguments> namesThatLeadElsewhere() {
        List<String> names = List.of(
                "../outside.safetensors",
                "../../outside.safetensors",
                "x/../../outside.safetensors",
                "/etc/outside.safetensors",
                "C:outside.safetensors",
                "C:\\outside.safetensors",
                "..\\outside.safetensors",
                "\\\\server\\outside.safetensors",
                "./b.safetensors",
                "x//b.safetensors",
                "",
                ".",
                "..",
                "b\u0000.safetensors",
                "b\n.safetensors",
                "a".repeat(5000) + ".safetensors",
                "*/_ORT_MEM_ADDR_/*");
        return EnumSet.allOf(WayIn.class).stream()
                .filter(WayIn::isNamed)
                .flatMap(way -> names.stream().map(name -> Arguments.of(way, name)));
    }

    @ParameterizedTest
    @MethodSource("namesThatLeadElsewhere")
    void refusesNamesThatLeadElsewhere(WayIn way, String name) {
        SampleModels.write(
                home.resolve("outside.safetensors"), SampleModels.tensors(1).file());
        way.naming(folder(), name);
        refuses(Trust.UPLOADED);
        if (way != WayIn.RECIPE_BASE) {
            refuses(Trust.OWN_FOLDER);
        }
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesWhatWasCutOff(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        byte[] bytes = Files.readAllBytes(file);
        if (way.hasHeader()) {
            for (int length : new int[] {0, 1, 7, 8, 9, bytes.length / 2, bytes.length - 1}) {
                Files.write(file, Arrays.copyOf(bytes, length));
                refuses(Trust.UPLOADED);
                refuses(Trust.OWN_FOLDER);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(WayIn.class)
    void refusesAFolderInPlaceOfAFile(WayIn way) throws IOException {
        Path file = way.sound(folder()).resolve(way.path);
        Files.delete(file);
        Files.createDirectory(file);
        if (way != WayIn.TOKENIZER) {
            refuses(Trust.UPLOADED);
            refuses(Trust.OWN_FOLDER);
        }
    }

    static Stream<Arguments> pickles() {
        byte[] zip = "PK\3\4 a zip file with a pickle in it".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        byte[] pickle = "\u0080\4\u0095 cposix\nsystem".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        byte[] old = "(cposix\nsystem\nS'id'\ntR.".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return EnumSet.of(
                        WayIn.WEIGHTS,
                        WayIn.SHARD,
                        WayIn.RECIPE_WEIGHTS,
                        WayIn.RECIPE_BASE,
                        WayIn.GGUF,
                        WayIn.GGUF_PART,
                        WayIn.ONNX)
                .stream()
                .flatMap(way -> Stream.of(zip, pickle, old).map(bytes -> Arguments.of(way, bytes)));
    }

    @ParameterizedTest
    @MethodSource("pickles")
    void refusesPicklesByAnyName(WayIn way, byte[] pickle) {
        SampleModels.write(way.sound(folder()).resolve(way.path), pickle);
        refuses(Trust.UPLOADED);
        refuses(Trust.OWN_FOLDER);
    }

    /** Recipes may change what is elsewhere, where the user says so and not an upload. */
    @ParameterizedTest
    @EnumSource(Trust.class)
    void aRecipesBaseMayBeElsewhereForItsOwner(Trust trust) {
        SampleModels.single(home.resolve("elsewhere"));
        SampleModels.recipe(folder(), "../elsewhere", "made.safetensors");
        if (trust == Trust.UPLOADED) {
            refuses(trust);
        } else {
            assertThat(store(trust).manifest().files())
                    .anyMatch(file -> file.path().equals("base/model.safetensors"));
        }
    }
}
