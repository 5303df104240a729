package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The commands beside {@code serve}, and their help. */
class CommandLineTest {

    @Test
    void helpListsTheCommands() {
        try (ServerProcess process = ServerProcess.launch("--help")) {
            assertThat(process.awaitExit()).isZero();
            assertThat(String.join("\n", process.out())).contains("serve", "run", "chat", "bench", "eval");
        }
    }

    @Test
    void helpOfServeListsEveryOptionWithItsDefault() {
        try (ServerProcess process = ServerProcess.launch("serve", "--help")) {
            assertThat(process.awaitExit()).isZero();
            assertThat(String.join("\n", process.out()))
                    .contains("--model", "--port", "8080", "--grpc-port", "9090", "--api-key", "--host", "127.0.0.1")
                    .contains("--api-key-file", "--threads", "--cpus", "--memory", "--cache-bytes")
                    .contains("--max-running-sequences", "--max-tokens-per-step", "--max-queued-sequences");
        }
    }

    @Test
    void theVersionIsOneLine() {
        try (ServerProcess process = ServerProcess.launch("--version")) {
            assertThat(process.awaitExit()).isZero();
            assertThat(process.out())
                    .singleElement()
                    .asString()
                    .startsWith("foretoken ")
                    .containsPattern("[0-9]");
        }
    }

    @Test
    void anUnknownCommandIsWrongUse() {
        try (ServerProcess process = ServerProcess.launch("server")) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(String.join("\n", process.err())).contains("server").doesNotContain("\tat ");
        }
    }

    @Test
    void anUnknownOptionIsNamed() {
        try (ServerProcess process = ServerProcess.launch("serve", "--prot", "80")) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(String.join("\n", process.err())).contains("--prot").doesNotContain("\tat ");
        }
    }

    @Test
    void runContinuesAPromptAsItIs() {
        Golden.Prompt fox = Golden.of(Models.LLAMA).ofText("The quick fox");
        assertThat(run("--raw", "--temperature", "0", checkpoint(), "The quick fox"))
                .isEqualTo(fox.answer().generated());
    }

    @Test
    void runAnswersAMessageThroughTheTemplate() {
        Golden.Prompt who = Golden.of(Models.LLAMA).ofChat("Who is there?");
        assertThat(run("--temperature", "0", "--max-tokens", "16", checkpoint(), "Who is there?"))
                .isEqualTo(who.answer().generated());
    }

    @Test
    void optionsCanComeFromTheEnvironment() {
        try (ServerProcess process = ServerProcess.launch(
                List.of("serve"),
                Map.of("FORETOKEN_MODEL", "m=" + Checkout.root().resolve("nowhere")))) {
            assertThat(process.awaitExit()).isEqualTo(2);
            assertThat(String.join("\n", process.err())).contains("nowhere");
        }
    }

    private static String checkpoint() {
        return Checkout.checkpoint(Models.LLAMA).toString();
    }

    /** What {@code run} prints. */
    private static String run(String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("run", "--precision", "EXACT", "--kv-cache-dtype", "f32"));
        all.addAll(List.of(arguments));
        try (ServerProcess process = ServerProcess.launch(all, Map.of())) {
            assertThat(process.awaitExit()).as("%s: %s", process, process.err()).isZero();
            return String.join("\n", process.out());
        }
    }
}
