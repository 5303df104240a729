package dev.foretoken.e2e.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the file says is there, agrees with itself, and lets nobody do more than is needed. */
class ComposeTest {

    private final ComposeFile file = ComposeFile.read("compose.yaml");
    private final Collection<ComposeService> services = file.services().values();

    private List<ComposeService> ours() {
        return services.stream().filter(ComposeService::isOurs).toList();
    }

    @Test
    void neighboursComeByAVersionAndOurOwnFromThisCheckout() throws Exception {
        String dockerfile = Files.readString(ComposeFile.folder().resolve("../images/Dockerfile"));
        for (ComposeService service : services) {
            if (service.isOurs()) {
                Map<String, Object> build = service.map("build");
                assertThat(ComposeFile.folder().resolve("../..").resolve("" + build.get("dockerfile")))
                        .exists();
                assertThat(build.get("context")).isEqualTo("../..");
                assertThat(dockerfile).contains(" AS " + build.get("target") + "\n");
            } else {
                assertThat(service.text("image")).matches("docker\\.io/[a-z/]+:v?\\d+\\.\\d+(\\.\\d+)?");
            }
        }
        assertThat(ours()).extracting(ComposeService::name).containsExactly("gateway", "runtime", "registry");
    }

    @Test
    void whatIsMountedIsThere() {
        for (ComposeService service : services) {
            for (ComposeService.Mount mount : service.mounts()) {
                if (mount.isPath()) {
                    assertThat(ComposeFile.folder().resolve(mount.source()))
                            .as(service.name())
                            .exists();
                    assertThat(mount.readOnly())
                            .as("%s changes no file of this machine: %s", service.name(), mount)
                            .isTrue();
                } else {
                    assertThat(file.section("volumes")).as(service.name()).containsKey(mount.source());
                }
            }
            assertThat(file.section("secrets").keySet()).as(service.name()).containsAll(service.list("secrets"));
            assertThat(file.section("networks").keySet()).as(service.name()).containsAll(service.list("networks"));
            assertThat(file.services().keySet())
                    .as(service.name())
                    .containsAll(service.map("depends_on").keySet());
        }
    }

    @Test
    void ourProcessesCanChangeNothingButTheirVolume() {
        for (ComposeService service : ours()) {
            assertThat(service.text("read_only")).as(service.name()).isEqualTo("true");
            assertThat(service.text("user")).as(service.name()).isEqualTo("10001:10001");
            assertThat(service.list("cap_drop")).as(service.name()).containsExactly("ALL");
            assertThat(service.list("security_opt")).as(service.name()).containsExactly("no-new-privileges:true");
            assertThat(service.list("tmpfs"))
                    .as(service.name())
                    .containsExactlyInAnyOrder("/tmp:noexec,mode=1777", "/var/cache/foretoken:noexec,mode=1777");
            assertThat(service.mounts().stream().filter(mount -> !mount.readOnly()))
                    .as(service.name())
                    .extracting(ComposeService.Mount::target)
                    .containsExactly(service.environment().get("FORETOKEN_HOME"));
        }
    }

    @Test
    void everyServiceSaysWhetherItIsWellAndHasAReadOnlyRoot() {
        assertThat(services).allSatisfy(service -> {
            assertThat(service.healthTest()).as(service.name()).first().isEqualTo("CMD");
            assertThat(service.text("read_only")).as(service.name()).isEqualTo("true");
        });
    }

    @Test
    void whatIsPublishedIsOnThisMachineAlone() {
        Set<Integer> published = new HashSet<>();
        for (ComposeService service : services) {
            for (ComposeService.Port port : service.ports()) {
                assertThat(port.host()).as(service.name()).isEqualTo("127.0.0.1");
                assertThat(published.add(port.published()))
                        .as("%s: %s is another's", service.name(), port)
                        .isTrue();
                assertThat(service.list("networks"))
                        .as("a network that is internal publishes no port")
                        .contains("outside");
            }
        }
    }

    @Test
    void podsAndTheDatabaseReachNothingElse() {
        assertThat(file.section("networks").get("inside")).containsEntry("internal", true);
        for (String name : List.of("runtime", "postgres")) {
            assertThat(file.services().get(name).list("networks")).as(name).containsExactly("inside");
        }
        assertThat(services)
                .allSatisfy(service ->
                        assertThat(service.list("networks")).as(service.name()).contains("inside"));
    }

    @Test
    void noPasswordStandsInTheFile() throws Exception {
        for (ComposeService service : services) {
            service.environment().forEach((name, value) -> {
                if (name.matches(".*(PASSWORD|SECRET|CREDENTIAL|_KEY).*")) {
                    assertThat(value).as(name).startsWith("/run/secrets/");
                }
            });
        }
        assertThat(Files.readAllLines(ComposeFile.folder().resolve(".gitignore")))
                .contains("secrets*");
        assertThat(file.section("secrets").values())
                .allSatisfy(secret -> assertThat("" + secret.get("file")).startsWith("secrets/"));
    }

    @Test
    void prometheusFindsItsRulesAndEveryProcessOfOurs() throws Exception {
        ComposeService prometheus = file.services().get("prometheus");
        String config = Files.readString(ComposeFile.folder().resolve("prometheus.yml"));
        assertThat(targets(prometheus)).contains("/etc/prometheus/rules", "/etc/prometheus/prometheus.yml");
        assertThat(config)
                .contains("- /etc/prometheus/rules/*.yaml")
                .contains("names: [gateway, runtime, registry]")
                .contains("port: 8080")
                .contains("credentials_file: /run/secrets/operator-key");
        assertThat(prometheus.list("command")).contains("--config.file=/etc/prometheus/prometheus.yml");
        assertThat(prometheus.list("secrets")).containsExactly("operator-key");
    }

    @Test
    void grafanaFindsDashboardsAndPrometheus() throws Exception {
        Path provisioning = ComposeFile.folder().resolve("grafana");
        assertThat(targets(file.services().get("grafana")))
                .contains(
                        "/etc/foretoken/dashboards",
                        "/etc/grafana/provisioning/datasources/foretoken.yaml",
                        "/etc/grafana/provisioning/dashboards/foretoken.yaml");
        assertThat(Files.readString(provisioning.resolve("dashboards.yaml")))
                .contains("path: /etc/foretoken/dashboards\n");
        assertThat(Files.readString(provisioning.resolve("datasources.yaml")))
                .contains("url: http://prometheus:9090\n");
    }

    private static List<String> targets(ComposeService service) {
        return service.mounts().stream().map(ComposeService.Mount::target).toList();
    }

    /** Compose lays one file over the other: what is not said of a pod there stays as it is. */
    @Test
    void onAGpuOnlyTheImageAndTheDeviceDiffer() {
        ComposeService pod = ComposeFile.read("compose.gpu.yaml").services().get("runtime");
        assertThat(pod.fields()).containsOnlyKeys("image", "build", "deploy");
        assertThat(pod.map("build")).containsEntry("target", "cuda");
        assertThat(pod.map("deploy").toString())
                .contains("driver=nvidia", "device_ids=[0]", "capabilities=[gpu]")
                .contains("replicas=1");
    }

    /** It is reached by two names, and keeps no copies where nobody is to keep them. */
    @Test
    void aBrokerIsAddedWithWhatReachesIt() {
        ComposeFile added = ComposeFile.read("compose.kafka.yaml");
        assertThat(added.services()).containsOnlyKeys("gateway", "kafka");
        assertThat(added.services().get("gateway").fields()).containsOnlyKeys("environment", "depends_on");
        ComposeService kafka = added.services().get("kafka");
        assertThat(kafka.text("image")).matches("docker\\.io/apache/kafka:\\d+\\.\\d+\\.\\d+");
        assertThat(kafka.ports()).containsExactly(new ComposeService.Port("127.0.0.1", 9092, 9092));
        assertThat(kafka.healthTest()).first().isEqualTo("CMD");
        assertThat(kafka.mounts()).allSatisfy(mount -> {
            assertThat(added.section("volumes")).containsKey(mount.source());
            assertThat(kafka.environment()).containsEntry("KAFKA_LOG_DIRS", mount.target());
        });
        String inside = added.services().get("gateway").environment().get("FORETOKEN_BATCH_BROKERS");
        assertThat(kafka.environment().get("KAFKA_ADVERTISED_LISTENERS"))
                .isEqualTo("INSIDE://" + inside + ",MACHINE://127.0.0.1:9092");
        assertThat(kafka.environment().get("KAFKA_LISTENERS"))
                .contains("INSIDE://:" + inside.split(":")[1], "MACHINE://:9092");
        kafka.environment().forEach((name, value) -> {
            if (name.endsWith("_FACTOR") || name.endsWith("_MIN_ISR")) {
                assertThat(value).as(name).isEqualTo("1");
            }
        });
    }

    @Test
    void aFileThatIsLaidOverAnotherKeepsWhatItDoesNotSay() {
        ComposeFile under = ComposeFile.read("compose.yaml");
        ComposeFile both = under.with(ComposeFile.read("compose.kafka.yaml"));
        ComposeService gateway = both.services().get("gateway");
        assertThat(gateway.list("command"))
                .isEqualTo(under.services().get("gateway").list("command"));
        assertThat(gateway.environment()).containsKeys("FORETOKEN_HOME", "FORETOKEN_BATCH_BROKERS");
        assertThat(gateway.map("depends_on")).containsOnlyKeys("postgres", "registry", "kafka");
        assertThat(both.section("volumes")).containsKeys("topics", "gateway");
    }
}
