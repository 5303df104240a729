package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.openai.BatchApiServer.Backing;
import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The Batch API with the npm client {@code openai}: the program of the page that shows it, word by word, and what becomes of batches that do not
 * end well. With {@code -Pnpm} alone, which fetches the client, where Node.js is.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class NpmBatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** They take longer than the shortest window. */
    private static final int LONG_REQUESTS = 300;

    private static final int MOST_MINUTES = 15;
    private static final String PAGE_SERVER = "http://localhost:8080";
    private static final Path SCRIPTS = Checkout.root().resolve("src/e2e/src/test/node");
    private static final Path HERE = Checkout.root().resolve("src/e2e/target/npm");

    @TempDir
    Path folder;

    private record Outcome(int exitCode, String output) {
        String orFail() {
            assertThat(exitCode).as(output).isZero();
            return output;
        }
    }

    @BeforeAll
    static void fetch() throws Exception {
        assumeTrue(
                Boolean.getBoolean("foretoken.npm"),
                "the npm client is fetched and run with -Pnpm alone; OpenAiBatchTest has that of Java");
        assumeTrue(
                run(Checkout.root(), "node", "--version").exitCode() == 0
                        && run(Checkout.root(), "npm", "--version").exitCode() == 0,
                "Node.js is not here: install node and npm to run the npm client");
        Files.createDirectories(HERE);
        Files.write(HERE.resolve("package.json"), Files.readAllBytes(SCRIPTS.resolve("package.json")));
        Outcome fetched = run(HERE, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock");
        assertThat(fetched.exitCode())
                .as("npm gets the client:\n%s", fetched.output())
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(Backing.class)
    void theProgramOfThePageGetsItsAnswers(Backing backing) throws Exception {
        String page = Files.readString(Checkout.root().resolve("src/docs/batch.md"));
        try (BatchApiServer server = new BatchApiServer(folder, backing)) {
            String program = block(page, "```js\n(.*?)```");
            assertThat(program).contains(PAGE_SERVER);
            List<JsonNode> answers = lines(node(
                    "import fs from \"node:fs\";\nimport OpenAI from \"openai\";\n"
                            + program.replace(PAGE_SERVER, server.http().toString()),
                    "requests.jsonl",
                    block(page, "cat > requests.jsonl <<'EOF'\n(.*?)EOF")));
            assertThat(answers)
                    .extracting(answer -> answer.path("custom_id").asText())
                    .containsExactly("a", "b");
            assertThat(answers).allSatisfy(answer -> {
                assertThat(answer.at("/response/status_code").asInt()).isEqualTo(200);
                assertThat(answer.at("/response/body/choices/0/message/role").asText())
                        .isEqualTo("assistant");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(Backing.class)
    void whatIsCancelledOrTooLateIsToldSoAndListsHavePages(Backing backing) throws Exception {
        try (BatchApiServer server = new BatchApiServer(folder, backing)) {
            Path asked = BatchApiServer.longRequests(folder.resolve("long.jsonl"), LONG_REQUESTS);
            JsonNode told = JSON.readTree(node(
                    Files.readString(SCRIPTS.resolve("trouble.js")),
                    "long.jsonl",
                    Files.readString(asked),
                    server.http().toString()));
            assertThat(told.path("cancelling").asText()).isIn("cancelling", "cancelled");
            assertEnded(told.path("cancelled"), "cancelled");
            assertEnded(told.path("expired"), "expired");
            assertThat(told.at("/expired/batch/metadata/night").asText()).isEqualTo("first");
            assertThat(told.path("batches"))
                    .containsExactly(told.at("/expired/batch/id"), told.at("/cancelled/batch/id"));
            assertThat(told.path("files")).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(3);
            assertThat(told.path("deleted").asBoolean()).isTrue();
            assertThat(told.at("/unknown/status").asInt()).isEqualTo(404);
        }
    }

    private static void assertEnded(JsonNode told, String status) {
        assertThat(told.at("/batch/status").asText()).isEqualTo(status);
        assertThat(told.at("/batch/" + status + "_at").asLong()).isPositive();
        assertThat(told.path("answers").size() + told.path("errors").size()).isEqualTo(LONG_REQUESTS);
        assertThat(told.path("errors")).isNotEmpty();
        assertThat(told.path("errors"))
                .allSatisfy(
                        error -> assertThat(error.at("/error/code").asText()).isEqualTo("batch_" + status));
    }

    /** What a program prints, with a file beside it. */
    private static String node(String program, String name, String text, String... arguments) throws Exception {
        Path script = Files.writeString(HERE.resolve("program.js"), program);
        Files.writeString(HERE.resolve(name), text);
        List<String> words = new ArrayList<>(List.of("node", script.toString()));
        words.addAll(List.of(arguments));
        return run(HERE, words.toArray(String[]::new)).orFail();
    }

    private static List<JsonNode> lines(String text) {
        return text.lines()
                .filter(line -> !line.isBlank())
                .map(NpmBatchTest::parsed)
                .toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("no line of JSON: " + line, e);
        }
    }

    private static String block(String page, String form) {
        Matcher found = Pattern.compile(form, Pattern.DOTALL).matcher(page);
        assertThat(found.find()).as(form).isTrue();
        return found.group(1);
    }

    /** Exit code 127 where it is not installed. */
    private static Outcome run(Path where, String... words) throws InterruptedException, IOException {
        Path said = Files.createTempFile("node", ".log");
        try {
            Process process = new ProcessBuilder(words)
                    .directory(where.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(List.of(words) + " did not end:\n" + Files.readString(said));
            }
            return new Outcome(process.exitValue(), Files.readString(said));
        } catch (IOException e) {
            return new Outcome(127, e.toString());
        } finally {
            Files.delete(said);
        }
    }
}
