package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot start says in one sentence why, and ends with an exit code. */
class FailedStartTest {

    private static final String MODEL = Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA);

    @TempDir
    Path folder;

    @Test
    void aPortInUseIsNamed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(failure("--model", MODEL, "--port", port, "--grpc-port", "0"))
                    .contains(port);
            assertThat(failure("--model", MODEL, "--port", "0", "--grpc-port", port))
                    .contains(port);
        }
    }

    @Test
    void aMissingFolderIsNamed() {
        assertThat(failure("--model", "m=" + folder.resolve("nowhere"))).contains("nowhere");
    }

    @Test
    void aFolderWithoutAModelIsNamed() {
        assertThat(failure("--model", "m=" + folder)).contains("config.json");
    }

    @Test
    void anUnsupportedArchitectureIsNamedAndTheSupportedOnesToo() {
        Path copy = Models.copy(Models.LLAMA, folder.resolve("bloom"));
        Models.editConfig(copy, config -> {
            config.put("model_type", "bloom");
            config.putArray("architectures").add("BloomForCausalLM");
        });
        assertThat(failure("--model", "m=" + copy))
                .containsIgnoringCase("bloom")
                .contains("llama", "mistral", "qwen3");
    }

    @Test
    void aTruncatedWeightsFileIsNamed() throws IOException {
        Path copy = Models.copy(Models.LLAMA, folder.resolve("short"));
        try (RandomAccessFile file = new RandomAccessFile(weights(copy), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThat(failure("--model", "m=" + copy)).contains("model.safetensors");
    }

    @Test
    void aWeightsFileWithABrokenHeaderIsNamed() throws IOException {
        Path copy = Models.copy(Models.LLAMA, folder.resolve("broken"));
        try (RandomAccessFile file = new RandomAccessFile(weights(copy), "rw")) {
            file.writeLong(Long.MAX_VALUE);
        }
        assertThat(failure("--model", "m=" + copy)).contains("model.safetensors");
    }

    @Test
    void otherMachinesAreNotLetInWithoutAKey() {
        assertThat(failure("--model", MODEL, "--host", "0.0.0.0", "--port", "0"))
                .contains("0.0.0.0")
                .containsIgnoringCase("key");
        assertThat(failure(
                        "--model",
                        MODEL,
                        "--role",
                        "runtime",
                        "--host",
                        "0.0.0.0",
                        "--api-key",
                        "k",
                        "--port",
                        "0",
                        "--pod-plaintext"))
                .containsIgnoringCase("credential");
    }

    @Test
    void aGatewayNeedsAPod() {
        assertThat(failure("--model", MODEL, "--role", "gateway")).contains("pod");
    }

    @Test
    void aCpuThatTheProcessMayNotUseIsNamedBesideThoseItMay() {
        assertThat(failure("--model", MODEL, "--cpus", "0,1023", "--port", "0", "--grpc-port", "0"))
                .contains("cpus=0,1023")
                .containsPattern("which are [0-9,-]+");
        assertThat(failure("--model", MODEL, "--cpus", "0", "--threads", "2")).contains("threads=2", "at most 1");
    }

    @Test
    void moreMemoryThanTheBudgetIsSaidSo() {
        assertThat(failure("--model", MODEL, "--memory", "100k", "--port", "0", "--grpc-port", "0"))
                .containsIgnoringCase("memory");
    }

    private static java.io.File weights(Path checkpoint) {
        return checkpoint.resolve("model.safetensors").toFile();
    }

    /** Starts a server that must not start; returns the sentence it ended with. */
    private static String failure(String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(List.of(options));
        try (ServerProcess process = ServerProcess.launch(arguments.toArray(String[]::new))) {
            assertThat(process.awaitExit()).as("exit code of %s", process).isNotZero();
            assertThat(process.err())
                    .as("standard error of %s", process)
                    .noneMatch(line -> line.startsWith("\tat ") || line.contains("Exception"))
                    .filteredOn(line -> line.startsWith("foretoken: "))
                    .hasSize(1);
            return process.err().stream()
                    .filter(line -> line.startsWith("foretoken: "))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
