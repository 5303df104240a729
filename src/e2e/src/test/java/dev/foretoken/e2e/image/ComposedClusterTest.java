package dev.foretoken.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import dev.foretoken.e2e.compose.ComposeFile;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;

/** Gateway, pods and registry in containers of our image, started as {@code deploy/compose} says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComposedClusterTest {

    /** Seconds of computing: looking for the pod that does it takes one. */
    private static final int TOKENS = Models.LONG_CONTEXT - 100;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROMPT = "The quick fox";

    @TempDir
    static Path folder;

    private ComposedCluster cluster;
    private HttpApi tenant;
    private HttpApi operator;

    @BeforeAll
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void start() {
        TestedImage image = TestedImage.get();
        assumeTrue(
                DockerClientFactory.instance().isDockerAvailable(),
                "Testcontainers finds no engine: see deploy/images/README.md for the variables that it reads");
        Models.longAlone(folder.resolve("models"));
        Map<String, String> variables = Map.of(
                "FORETOKEN_MODEL",
                Models.LONG + "=/models/" + Models.LONG,
                "FORETOKEN_MODELS",
                ComposeFile.folder().relativize(folder.resolve("models")).toString(),
                "FORETOKEN_MEMORY",
                "256m");
        cluster = ComposedCluster.start(
                image,
                folder,
                variables,
                new ComposedCluster.Neighbours(image(image, "postgres"), image(image, "kafka")));
        tenant = new HttpApi(cluster.http(), Optional.of(cluster.secrets().line("tenant-key")));
        operator = new HttpApi(cluster.http(), Optional.of(cluster.secrets().line("operator-key")));
    }

    /** The one that compose names for a neighbour, or another that is given; empty where the engine does not have it. */
    private static Optional<String> image(TestedImage image, String service) {
        String name = System.getProperty("foretoken.images." + service, composed(service));
        return Optional.of(name)
                .filter(wanted -> image.engine().run("image", "inspect", wanted).exitCode() == 0);
    }

    private static String composed(String service) {
        return ComposeFile.read("compose.yaml")
                .with(ComposeFile.read("compose.kafka.yaml"))
                .services()
                .get(service)
                .text("image");
    }

    private static String absent(String service) {
        return "there is no image " + composed(service) + " here (`podman pull` or `docker pull` gets it, or "
                + "-Dforetoken.images." + service + "=NAME names another): ";
    }

    @AfterAll
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static Map<String, Object> question(int tokens, boolean stream) {
        return Map.of(
                "model",
                Models.LONG,
                "prompt",
                PROMPT,
                "max_tokens",
                tokens,
                "seed",
                7,
                "ignore_eos",
                true,
                "return_token_ids",
                true,
                "stream",
                stream);
    }

    private void awaitAnswers() {
        Eventually.get(
                "the gateway answers",
                () -> tenant.post(HttpApi.COMPLETIONS, question(2, false)),
                reply -> reply.status() == 200);
    }

    @Test
    void answersTenantsThroughTheGatewayAndNobodyElse() {
        awaitAnswers();
        Reply stranger = new HttpApi(cluster.http()).post(HttpApi.COMPLETIONS, question(2, false));
        assertThat(stranger.status()).isEqualTo(401);
        assertThat(tenant.get("/metrics").status()).isIn(401, 403);
        assertThat(operator.get("/metrics").status()).isEqualTo(200);
    }

    @Test
    void theRegistryAnswers() {
        String key = cluster.secrets().line("operator-key");
        assertThat(cluster.registry().get("/registry/v1/models", key)).startsWith("HTTP/1.1 200 ");
        assertThat(cluster.registry().get("/registry/v1/models", "another")).startsWith("HTTP/1.1 401 ");
    }

    /** A killed one is replaced by the other in the middle of its stream; one that is told to stop finishes its stream first. */
    @Test
    void podsThatAreKilledOrStoppedLoseNoToken() {
        awaitAnswers();
        List<Integer> whole =
                tokens(tenant.post(HttpApi.COMPLETIONS, question(TOKENS, false)).ok());
        assertThat(whole).hasSize(TOKENS);
        DockerClient engine = DockerClientFactory.instance().client();
        ComposedService killed =
                disturb(whole, pod -> engine.killContainerCmd(pod).exec());
        engine.startContainerCmd(killed.getContainerId()).exec();
        cluster.awaitWell(killed);
        ComposedService stopped = disturb(
                whole, pod -> engine.stopContainerCmd(pod).withTimeout(60).exec());
        assertThat(stopped.getCurrentContainerInfo().getState().getExitCodeLong())
                .as(stopped.getLogs())
                .isIn(0L, 143L);
        engine.startContainerCmd(stopped.getContainerId()).exec();
        cluster.awaitWell(stopped);
    }

    /** Something happens to the pod that computes a stream, whose tokens must be {@code whole} in the end. */
    private ComposedService disturb(List<Integer> whole, Consumer<String> fate) {
        List<JsonNode> events = new ArrayList<>();
        try (EventStream stream = tenant.stream(HttpApi.COMPLETIONS, question(TOKENS, true))) {
            events.addAll(stream.take(3));
            ComposedService pod = busy();
            fate.accept(pod.getContainerId());
            events.addAll(stream.rest());
            assertThat(stream.isDone()).as("last event: %s", events.getLast()).isTrue();
            assertThat(tokens(events.toArray(JsonNode[]::new))).isEqualTo(whole);
            return pod;
        }
    }

    private ComposedService busy() {
        return Eventually.get(
                        "a pod computes",
                        () -> cluster.pods().stream()
                                .filter(ComposedService::isRunning)
                                .filter(this::computes)
                                .toList(),
                        found -> !found.isEmpty())
                .getFirst();
    }

    private boolean computes(ComposedService pod) {
        return pod.get("/metrics", cluster.secrets().line("operator-key"))
                .lines()
                .anyMatch(line -> line.matches("vllm:num_requests_running\\{.*} 1\\.0"));
    }

    private static List<Integer> tokens(JsonNode... parts) {
        List<Integer> tokens = new ArrayList<>();
        for (JsonNode part : parts) {
            part.at("/choices/0").path("token_ids").forEach(token -> tokens.add(token.asInt()));
        }
        return tokens;
    }

    @Test
    void processesAreNobodyCanChangeNothingAndRunNothingElse() {
        for (ComposedService service : cluster.all()) {
            if (!service.isOurs()) {
                continue;
            }
            assertThat(service.inside("id", "-u").getStdout().strip())
                    .as(service.service())
                    .isEqualTo("10001");
            assertThat(service.inside("touch", "/opt/foretoken/app/new").getStderr())
                    .as(service.service())
                    .contains("Read-only file system");
            for (String folder : List.of("/tmp", "/var/cache/foretoken")) {
                assertThat(service.inside("bash", "-c", "cp /bin/true " + folder + "/run && " + folder + "/run")
                                .getStderr())
                        .as("%s %s", service.service(), folder)
                        .contains("Permission denied");
            }
            assertThat(service.inside("grep", "^CapEff:", "/proc/1/status").getStdout())
                    .as(service.service())
                    .endsWith("0000000000000000\n");
        }
    }

    @Test
    void logsTellNeitherSecretsNorPrompts() {
        awaitAnswers();
        for (ComposedService service : cluster.all()) {
            assertThat(service.getLogs()).as(service.service()).isNotBlank().doesNotContain(PROMPT);
            for (String secret : List.of(
                    "operator-key",
                    "admin-key",
                    "pod-credential",
                    "tenant-key",
                    "postgres-password",
                    "registry-password",
                    "limits-password",
                    "grafana-password")) {
                assertThat(service.getLogs())
                        .as("%s shows %s", service.service(), secret)
                        .doesNotContain(cluster.secrets().line(secret));
            }
        }
    }

    @Test
    void metadataAndLimitsAreInTheDatabase() {
        assumeTrue(cluster.database().isPresent(), absent("postgres") + "the cluster keeps metadata in SQLite");
        awaitAnswers();
        assertThat(rows("limits", "tenant_places")).isPositive();
        assertThat(rows("registry", "registry_state")).isPositive();
    }

    @Test
    void requestsOfTopicsAreAnsweredBeforeAndAfterTheBrokerIsKilled() {
        assumeTrue(cluster.broker().isPresent(), absent("kafka") + "the cluster has no broker");
        awaitAnswers();
        List<Integer> tokens =
                tokens(tenant.post(HttpApi.COMPLETIONS, question(8, false)).ok());
        assertThat(submitted("first")).isEqualTo(tokens);
        ComposedService broker = cluster.broker().orElseThrow();
        DockerClient engine = DockerClientFactory.instance().client();
        engine.killContainerCmd(broker.getContainerId()).exec();
        engine.startContainerCmd(broker.getContainerId()).exec();
        cluster.awaitWell(broker);
        assertThat(submitted("second")).isEqualTo(tokens);
    }

    /** Tokens of the answer to a file of one request. Sent from the gateway's container, which finds the broker by its name. */
    private List<Integer> submitted(String id) {
        Map<String, Object> line = Map.of("custom_id", id, "url", HttpApi.COMPLETIONS, "body", question(8, false));
        String submit = "cd /tmp && printf '%s' '" + JSON.valueToTree(line) + "' >" + id + ".jsonl"
                + " && /opt/java/openjdk/bin/java @/opt/foretoken/java-options -jar /opt/foretoken/app/quarkus-run.jar"
                + " batch submit " + id + ".jsonl --brokers kafka:19092 --tenant first --follow"
                + " && cat " + id + ".answers.jsonl";
        ExecResult answered = Eventually.get(
                "the gateway has made its topics, and answers",
                () -> cluster.gateway().inside("bash", "-c", submit),
                result -> result.getExitCode() == 0);
        JsonNode answer = parsed(answered.getStdout());
        assertThat(answer.path("custom_id").asText()).isEqualTo(id);
        return tokens(answer.at("/response/body"));
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int rows(String database, String table) {
        ExecResult counted = cluster.database()
                .orElseThrow()
                .inside(
                        "psql",
                        "--username=postgres",
                        "--dbname=" + database,
                        "--tuples-only",
                        "--command=SELECT count(*) FROM " + table);
        assertThat(counted.getExitCode()).as(counted.getStderr()).isZero();
        return Integer.parseInt(counted.getStdout().strip());
    }
}
