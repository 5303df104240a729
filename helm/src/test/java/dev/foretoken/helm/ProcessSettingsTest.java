package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ProcessOptions;
import dev.foretoken.app.config.ReplicaSettings;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.serve.ServeApplication;
import dev.foretoken.gateway.AdminConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The process takes what the chart gives its pods: variables, files of Secrets, and what they mean together. */
class ProcessSettingsTest {

    private static final String MOUNTED = "/etc/foretoken/";
    /** Read by the process itself, and not by an option. */
    private static final Set<String> OWN =
            Set.of("FORETOKEN_HOME", "FORETOKEN_BATCH_DATABASE", "FORETOKEN_TENANT_LIMITS_DATABASE");

    @TempDir
    Path root;

    private final SecretFiles secrets = new SecretFiles();

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void everyVariableIsOneThatTheProcessKnows(String values) {
        Map<String, String> options = ProcessOptions.byVariable();
        assertThat(options).hasSizeGreaterThan(40).containsEntry("FORETOKEN_POD_PORT", "--pod-port");
        Manifests manifests = Chart.with(values).render();
        for (String name : manifests.pods().keySet()) {
            assertThat(manifests.environment(name).keySet().stream()
                            .filter(variable -> variable.startsWith("FORETOKEN_") && !OWN.contains(variable)))
                    .as(name)
                    .isNotEmpty()
                    .allSatisfy(variable -> assertThat(options).containsKey(variable));
        }
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void everyPodIsAProcessThatStarts(String values) throws IOException {
        Manifests manifests = Chart.with(values).render();
        for (String name : manifests.pods().keySet()) {
            AppConfig config = start(manifests, name);
            assertThat(config.role()).as(name).isEqualTo(role(name, values.equals("pool")));
        }
    }

    @Test
    void gatewaysAndPodsMeet() throws IOException {
        Manifests manifests = Chart.with("minimal").render();
        AppConfig gateway = start(manifests, "release-foretoken-gateway");
        AppConfig runtime = start(manifests, "release-foretoken-runtime-toy");
        assertThat(gateway.pods().toString()).isEqualTo("[kubernetes:serving/release-foretoken-runtime:9091]");
        assertThat(runtime.ports().pod()).isEqualTo(9091);
        assertThat(gateway.models()).isEqualTo(runtime.models());
        assertThat(gateway.podCredential()).isEqualTo(runtime.podCredential()).hasSizeGreaterThanOrEqualTo(16);
        assertThat(gateway.transport().pods().authorities()).isPresent();
        assertThat(runtime.transport().pods().identity()).isPresent();
        assertThat(Chart.with("minimal")
                        .set("gateway.discovery", "dns")
                        .render()
                        .environment("release-foretoken-gateway"))
                .containsEntry("FORETOKEN_POD", "dns:release-foretoken-runtime.serving.svc:9091");
    }

    @Test
    void aGatewayServesWhatAllGroupsServe() throws IOException {
        AppConfig gateway = start(Chart.with("everything").render(), "release-foretoken-gateway");
        assertThat(gateway.models().toString()).isEqualTo("[minilm=/models/minilm]");
        assertThat(gateway.offered().mounts().toString()).isEqualTo("[toy:prod, toy@1/q4]");
    }

    /** The registry's to the cluster, a gateway's to who may forward its ports. */
    @Test
    void operatorsComeInOnlyWhereASecretHasAKeyForThem() throws IOException {
        Manifests minimal = Chart.with("minimal").render();
        for (String name : minimal.pods().keySet()) {
            assertThat(start(minimal, name).admin()).as(name).isEmpty();
        }
        Manifests everything = Chart.with("everything").render();
        List<String> keys = List.of("the-content-of-admin-keys");
        assertThat(start(everything, "release-foretoken-registry").admin())
                .contains(new AdminConfig("0.0.0.0", 8081, keys, List.of()));
        assertThat(start(everything, "release-foretoken-gateway").admin())
                .contains(new AdminConfig("127.0.0.1", 8081, keys, List.of()));
        assertThat(start(everything, "release-foretoken-runtime-chat").admin()).isEmpty();
    }

    /** Nothing is shared but the registry's address. */
    @Test
    void withoutDatabaseAndBlobsTheRegistryIsAskedOverHttp() throws IOException {
        Manifests manifests = Chart.render("""
                tls: {edge: {existingSecret: foretoken-tls}}
                variants: [{name: cpu, model: 'toy:prod'}]
                registry: {signatures: require}
                gateway: {holdSeconds: 90}
                """);
        AppConfig runtime = start(manifests, "release-foretoken-runtime-cpu");
        AppConfig gateway = start(manifests, "release-foretoken-gateway");
        AppConfig registry = start(manifests, "release-foretoken-registry");
        for (AppConfig config : List.of(runtime, gateway)) {
            ReplicaSettings replica = config.offered().replica().orElseThrow();
            assertThat(replica.url()).hasToString("https://release-foretoken-registry.serving.svc:8080");
            assertThat(registry.apiKeys()).containsExactly(replica.key());
            assertThat(replica.tls().authorities()).isPresent();
            assertThat(config.offered().mounts().toString()).isEqualTo("[toy:prod]");
        }
        assertThat(runtime.offered().replica().orElseThrow().group()).contains("cpu");
        assertThat(runtime.offered().replica().orElseThrow().copies())
                .as("a quarter of 20 GiB")
                .isEqualTo(5L << 30);
        assertThat(gateway.offered().replica().orElseThrow().copies()).isEqualTo(1280L << 20);
        assertThat(gateway.routing().hold().longest()).hasSeconds(90);
        assertThat(manifests
                        .container("release-foretoken-runtime-cpu")
                        .getStartupProbe()
                        .getHttpGet()
                        .getPath())
                .as("it may wait for the registry's first model")
                .isEqualTo("/health/live");
        assertThat(start(Chart.with("everything").render(), "release-foretoken-gateway")
                        .offered()
                        .replica())
                .isEmpty();
    }

    /** Which is how they come to it where it asks callers for one. */
    @Test
    void gatewaysAndPodsShowTheRegistryTheCertificateThatTheyShowOneAnother() throws IOException {
        Manifests manifests = Chart.with("copies").render();
        assertThat(start(manifests, "release-foretoken-registry")
                        .transport()
                        .edge()
                        .authorities())
                .isPresent();
        for (String name : List.of("release-foretoken-gateway", "release-foretoken-runtime-cpu")) {
            AppConfig config = start(manifests, name);
            ReplicaSettings replica = config.offered().replica().orElseThrow();
            assertThat(replica.tls().identity())
                    .as(name)
                    .isPresent()
                    .isEqualTo(config.transport().pods().identity());
        }
    }

    @Test
    void endpointsOfAPoolAreChosenByGatewaysAndAnswerCallers() throws IOException {
        Manifests manifests = Chart.with("pool").render();
        AppConfig gateway = start(manifests, "release-foretoken-gateway");
        AppConfig endpoint = start(manifests, "release-foretoken-runtime-toy");
        assertThat(gateway.pool().pickerPort()).hasValue(9002);
        assertThat(endpoint.pool().withPod()).isTrue();
        assertThat(endpoint.hasRegistry()).isFalse();
        assertThat(endpoint.apiKeys()).isEqualTo(gateway.apiKeys()).isNotEmpty();
        assertThat(endpoint.identities().tenants()).isPresent();
        assertThat(endpoint.podCredential()).isEqualTo(gateway.podCredential());
        assertThat(endpoint.transport().edge().isEmpty()).isTrue();
        assertThat(endpoint.transport().pods().identity()).isPresent();
    }

    @Test
    void plaintextBetweenGatewaysAndPodsIsWhatTheyAgreeOn() throws IOException {
        Manifests manifests = Chart.with("minimal")
                .set("tls.pods.existingSecret", "")
                .set("tls.pods.plaintext", true)
                .render();
        for (String name : List.of("release-foretoken-gateway", "release-foretoken-runtime-toy")) {
            assertThat(start(manifests, name).transport().podPlaintext())
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void tenantsAreKnownToGatewaysAlone() {
        Manifests manifests = Chart.with("everything").render();
        for (String name : manifests.pods().keySet()) {
            assertThat(manifests.environment(name).containsKey("FORETOKEN_TENANTS"))
                    .as(name)
                    .isEqualTo(name.endsWith("-gateway"));
        }
    }

    @Test
    void whoAnswersCallersCountsLimitsInTheDatabaseAndNobodyElseKnowsIt() throws IOException {
        Manifests manifests = Chart.with("everything").render();
        for (String name : manifests.pods().keySet()) {
            assertThat(start(manifests, name).identities().limitsDatabase().isPresent())
                    .as(name)
                    .isEqualTo(name.endsWith("-gateway"));
        }
        Manifests pool = Chart.with("pool")
                .set("tenants.limitsDatabase.existingSecret", "foretoken-limits-database")
                .set("networkPolicy.enabled", false)
                .render();
        for (String name : List.of("release-foretoken-gateway", "release-foretoken-runtime-toy")) {
            assertThat(start(pool, name).identities().limitsDatabase()).as(name).isPresent();
        }
    }

    @Test
    void gatewaysLeadRequestsAsTheValuesSay() throws IOException {
        Manifests manifests = Chart.with("everything").render();
        assertThat(start(manifests, "release-foretoken-gateway").rollouts())
                .singleElement()
                .satisfies(rollout -> {
                    assertThat(rollout.alias()).isEqualTo("toy:prod");
                    assertThat(rollout.canaries())
                            .singleElement()
                            .satisfies(canary -> assertThat(canary.variant()).isEqualTo("toy@1/q4"));
                });
        assertThat(start(Chart.with("minimal").render(), "release-foretoken-gateway")
                        .rollouts())
                .isEmpty();
    }

    @Test
    void tokensAreBelievedByGatewaysAsTheValuesSay() throws IOException {
        AppConfig gateway = start(Chart.with("everything").render(), "release-foretoken-gateway");
        assertThat(gateway.identities().tokens()).hasValueSatisfying(tokens -> {
            assertThat(tokens.issuer()).isEqualTo("https://login.example.com");
            assertThat(tokens.audience()).isEqualTo("foretoken");
            assertThat(tokens.algorithm()).isEqualTo("ES256");
            assertThat(tokens.tenantClaim()).isEqualTo("tenant");
        });
        assertThat(start(Chart.with("minimal").render(), "release-foretoken-gateway")
                        .identities()
                        .tokens())
                .isEmpty();
    }

    @Test
    void gatewaysAnswerBatchesAndNobodyElseKnowsOfThem() throws IOException {
        Manifests manifests = Chart.with("everything").render();
        AppConfig gateway = start(manifests, "release-foretoken-gateway");
        assertThat(gateway.batchTopics()).hasValueSatisfying(topics -> {
            assertThat(topics.brokers()).isEqualTo("kafka-bootstrap.kafka.svc:9093");
            assertThat(topics.client()).containsOnly(Map.entry("security.protocol", "SSL"));
            assertThat(topics.share()).isTrue();
            assertThat(topics.topics().partitions()).isEqualTo(24);
            assertThat(topics.member().instance()).as("the pod's name").isEmpty();
        });
        assertThat(gateway.batchFolder()).hasValueSatisfying(batches -> {
            assertThat(batches.folder()).isEqualTo(Path.of("/batches"));
            assertThat(batches.database()).startsWith("jdbc:postgresql:");
        });
        for (String name : manifests.pods().keySet()) {
            assertThat(manifests.environment(name).keySet().stream().anyMatch(one -> one.contains("_BATCH_")))
                    .as(name)
                    .isEqualTo(name.endsWith("-gateway"));
        }
    }

    @Test
    void optionsBecomeVariables() {
        assertThat(Chart.with("everything").render().environment("release-foretoken-runtime-chat"))
                .containsEntry("FORETOKEN_MAX_RUNNING_SEQUENCES", "128")
                .containsEntry("FORETOKEN_NO_PREFIX_CACHE", "false");
    }

    private static Role role(String name, boolean pool) {
        if (name.contains("-runtime-")) {
            return pool ? Role.ALL : Role.RUNTIME;
        }
        return name.endsWith("-gateway") ? Role.GATEWAY : Role.REGISTRY;
    }

    /** As the command line would: each variable is given as its option, files lie where volumes would put them. */
    private AppConfig start(Manifests manifests, String name) throws IOException {
        Path files = Files.createDirectories(root.resolve(name));
        mount(manifests, name, files);
        Map<String, String> environment = new HashMap<>();
        manifests
                .environment(name)
                .forEach((variable, value) -> environment.put(
                        variable, value == null ? "jdbc:postgresql://db/models" : located(value, files)));
        AppConfig config = ProcessOptions.config(List.of(), environment);
        ServeApplication.check(config);
        return config;
    }

    private static String located(String value, Path files) {
        if (!value.startsWith(MOUNTED)) {
            return value;
        }
        Path file = files.resolve(value.substring(1));
        assertThat(file).as("mounted where a variable says").exists();
        return file.toString();
    }

    private void mount(Manifests manifests, String name, Path files) throws IOException {
        List<Volume> volumes = manifests.pod(name).getSpec().getVolumes();
        for (VolumeMount mount : manifests.container(name).getVolumeMounts()) {
            Path folder =
                    Files.createDirectories(files.resolve(mount.getMountPath().substring(1)));
            for (Volume volume : volumes) {
                if (volume.getName().equals(mount.getName())) {
                    fill(folder, volume, manifests);
                }
            }
        }
    }

    /** With what the chart makes, and Secrets: a ConfigMap that exists already is an empty folder. */
    private void fill(Path folder, Volume volume, Manifests manifests) throws IOException {
        if (volume.getSecret() != null) {
            secrets.write(volume.getSecret(), folder);
        }
        for (ConfigMap made : manifests.of(ConfigMap.class)) {
            if (volume.getConfigMap() != null
                    && made.getMetadata().getName().equals(volume.getConfigMap().getName())) {
                for (Map.Entry<String, String> file : made.getData().entrySet()) {
                    Files.writeString(folder.resolve(file.getKey()), file.getValue());
                }
            }
        }
    }
}
