package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process list and the JVM's own tools show of a key: nothing that its user did not put there. */
class VisibleSecretsTest {

    private static final String KEY = "correct,horse;battery=staple";

    @TempDir
    Path folder;

    @Test
    void aKeyFromAFileIsSeenNowhereAndLetsCallersIn() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), KEY + "\n");
        try (Deployment server = start("--api-key-file", keys.toString())) {
            assertThat(new HttpApi(server.http(), Optional.of(KEY))
                            .get("/v1/models")
                            .status())
                    .isEqualTo(200);
            assertThat(new HttpApi(server.http(), Optional.of("correct"))
                            .get("/v1/models")
                            .status())
                    .as("a part before a comma is no key")
                    .isEqualTo(401);
            assertThat(commandLine(server)).contains(keys.toString()).doesNotContain(KEY);
            assertThat(String.join("\n", systemProperties(server))).doesNotContain(KEY, "staple");
        }
    }

    @Test
    void aTypedKeyIsCopiedNowhereElse() throws Exception {
        try (Deployment server = start("--api-key", KEY)) {
            assertThat(commandLine(server)).as("what the user typed").contains(KEY);
            assertThat(systemProperties(server))
                    .filteredOn(line -> line.contains("staple"))
                    .as("properties beside the JVM's copy of its command line")
                    .allMatch(line -> line.startsWith("sun.java.command="));
        }
    }

    private static Deployment start(String... options) {
        return Topology.ONE_PROCESS.start(ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .edge(options));
    }

    private static String commandLine(Deployment server) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(server.edge().pid()), "cmdline"));
    }

    private static List<String> systemProperties(Deployment server) throws Exception {
        Process jcmd = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd",
                        Long.toString(server.edge().pid()),
                        "VM.system_properties")
                .redirectErrorStream(true)
                .start();
        List<String> lines = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(jcmd.waitFor()).as("%s", lines).isZero();
        assertThat(lines).anyMatch(line -> line.startsWith("java.version="));
        return lines;
    }
}
