package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.metadata.AliasMove;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several processes on one home, some of which do not live to the end. */
class RegistryProcessTest {
    private static final int WRITERS = 2;
    private static final int EACH = 4;

    @TempDir
    private Path folder;

    @Test
    void processesThatImportAndPointAtOnceLoseNothing() throws Exception {
        List<Process> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(start("write", "writer" + i, Integer.toString(EACH)));
        }
        for (Process writer : writers) {
            assertThat(writer.waitFor(3, TimeUnit.MINUTES)).isTrue();
            assertThat(writer.exitValue()).as(output()).isZero();
        }
        try (Registry registry = open()) {
            ModelDetail toy = registry.model("toy");
            assertThat(toy.versions())
                    .extracting(VersionDetail::version)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, WRITERS * EACH).boxed().toList());
            assertThat(toy.versions())
                    .allSatisfy(version -> assertThat(version.variants()).hasSize(1));
            assertThat(toy.moves()).hasSize(WRITERS * EACH);
            Optional<VariantRef> at = Optional.empty();
            for (AliasMove move : toy.moves().reversed()) {
                assertThat(move.from()).isEqualTo(at);
                at = move.to();
            }
            assertThat(toy.aliases().getFirst().target()).isEqualTo(at.orElseThrow());
            assertThat(registry.verify(false, LoadProgress.SILENT).problems()).isEmpty();
        }
    }

    /** The argument: how many times the import says how far it is, before the process is gone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anImportThatIsKilledLeavesNothingHalfVisible(int updates) throws Exception {
        Process killed = start("die", "half", Integer.toString(updates));
        assertThat(killed.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(killed.exitValue()).as(output()).isEqualTo(ImportingProcess.KILLED);
        try (Registry registry = open()) {
            assertThat(registry.models()).isEmpty();
            assertThat(registry.verify(false, LoadProgress.SILENT).problems()).isEmpty();
            Path source = RegistryFixture.model(folder.resolve("again"), "half 0");
            assertThat(RegistryFixture.take(registry, "toy", source).ref()).isEqualTo(VariantRef.base("toy", 1));
            assertThat(registry.verify(false, LoadProgress.SILENT).problems()).isEmpty();
        }
    }

    private Registry open() {
        return Registry.open(RegistryConfig.at(folder.resolve("home")));
    }

    private Process start(String what, String name, String number) throws Exception {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ImportingProcess.class.getName(),
                        folder.toString(),
                        what,
                        name,
                        number)
                .redirectOutput(folder.resolve("out-" + name).toFile())
                .redirectErrorStream(true)
                .start();
    }

    private String output() throws Exception {
        StringBuilder all = new StringBuilder();
        try (var files = Files.newDirectoryStream(folder, "out-*")) {
            for (Path file : files) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }
}
