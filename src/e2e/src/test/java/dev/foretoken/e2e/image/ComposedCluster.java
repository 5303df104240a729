package dev.foretoken.e2e.image;

import com.github.dockerjava.api.DockerClient;
import dev.foretoken.e2e.compose.ComposeFile;
import dev.foretoken.e2e.compose.ComposeService;
import dev.foretoken.e2e.compose.MadeSecrets;
import dev.foretoken.e2e.server.Eventually;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * The services of {@code compose.yaml} that are ours, as many of each as it says, and PostgreSQL where its image is there. Without it nothing is
 * told of a database: metadata is in SQLite on the registry's volume, and the gateway counts for itself. Where the image of Kafka is there, {@code
 * compose.kafka.yaml} lies over it.
 */
final class ComposedCluster implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    /** What neighbours write once they are there. */
    private static final Map<String, String> READY =
            Map.of("postgres", ".*ready to accept connections.*\\s", "kafka", ".*Kafka Server started.*\\s");

    private final String prefix = "foretoken-test-" + UUID.randomUUID() + "-";
    private final Map<String, Network> networks = new HashMap<>();
    private final List<String> volumes = new ArrayList<>();
    private final Map<String, List<ComposedService>> started = new HashMap<>();
    private final ComposeFile file;
    private final MadeSecrets secrets;
    private final Neighbours images;

    /** Images of neighbours, as far as they are there. */
    record Neighbours(Optional<String> postgres, Optional<String> kafka) {}

    private ComposedCluster(ComposeFile file, MadeSecrets secrets, Neighbours images) {
        this.file = file;
        this.secrets = secrets;
        this.images = images;
    }

    /**
     * Starts it, and waits until every service is well.
     *
     * @param folder of the test, for secrets
     * @param variables of the compose file
     */
    static ComposedCluster start(TestedImage image, Path folder, Map<String, String> variables, Neighbours images) {
        ComposeFile file = ComposeFile.read("compose.yaml", variables);
        ComposeFile all = images.kafka()
                .map(any -> file.with(ComposeFile.read("compose.kafka.yaml", variables)))
                .orElse(file);
        ComposedCluster cluster = new ComposedCluster(all, MadeSecrets.in(folder), images);
        try {
            cluster.start(image);
            return cluster;
        } catch (RuntimeException | AssertionError e) {
            try {
                cluster.close();
            } catch (RuntimeException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private void start(TestedImage image) {
        file.section("networks").forEach((name, fields) -> networks.put(name, network(fields)));
        file.section("volumes").keySet().forEach(this::createVolume);
        images.postgres().ifPresent(name -> add(name, "postgres"));
        images.kafka().ifPresent(name -> add(name, "kafka"));
        for (String name : List.of("registry", "runtime", "gateway")) {
            add(image.name(), name);
        }
        started.values().forEach(all -> all.forEach(this::awaitWell));
    }

    private static Network network(Map<String, Object> fields) {
        boolean internal = Boolean.TRUE.equals(fields.get("internal"));
        return Network.builder()
                .createNetworkCmdModifier(command -> command.withInternal(internal))
                .build();
    }

    private void add(String image, String name) {
        ComposeService service = file.services().get(name);
        int replicas = (Integer) service.map("deploy").getOrDefault("replicas", 1);
        for (int i = 0; i < replicas; i++) {
            ComposedService container = new ComposedService(image, service, networks, secrets, prefix);
            started.computeIfAbsent(name, any -> new ArrayList<>()).add(container);
            if (service.isOurs() && images.postgres().isPresent()) {
                container.withEnv(secrets.variables(service));
            }
            container.waitingFor(Wait.forLogMessage(READY.getOrDefault(name, "ready http=.*\\s"), 1));
            container.withStartupTimeout(START).start();
            if (!service.isOurs()) {
                awaitWell(container);
            }
        }
    }

    void awaitWell(ComposedService container) {
        Eventually.within(START, container.service() + " is well", container::isWell);
    }

    MadeSecrets secrets() {
        return secrets;
    }

    ComposedService gateway() {
        return started.get("gateway").getFirst();
    }

    ComposedService registry() {
        return started.get("registry").getFirst();
    }

    List<ComposedService> pods() {
        return started.get("runtime");
    }

    Optional<ComposedService> database() {
        return images.postgres().map(image -> started.get("postgres").getFirst());
    }

    Optional<ComposedService> broker() {
        return images.kafka().map(image -> started.get("kafka").getFirst());
    }

    List<ComposedService> all() {
        return started.values().stream().flatMap(List::stream).toList();
    }

    /** Where callers reach the gateway from this machine. */
    URI http() {
        return URI.create("http://" + gateway().getHost() + ":" + gateway().getMappedPort(8080));
    }

    @Override
    public void close() {
        Cleanup cleanup = new Cleanup();
        all().forEach(service -> cleanup.then(service::stop));
        networks.values().forEach(network -> cleanup.then(network::close));
        volumes.forEach(
                volume -> cleanup.then(() -> engine().removeVolumeCmd(volume).exec()));
        cleanup.close();
    }

    /** With what Testcontainers finds its own by, and removes it when this process dies. */
    private void createVolume(String name) {
        Map<String, String> labels = new HashMap<>(DockerClientFactory.DEFAULT_LABELS);
        labels.put(DockerClientFactory.TESTCONTAINERS_SESSION_ID_LABEL, DockerClientFactory.SESSION_ID);
        engine().createVolumeCmd().withName(prefix + name).withLabels(labels).exec();
        volumes.add(prefix + name);
    }

    private static DockerClient engine() {
        return DockerClientFactory.instance().client();
    }
}
