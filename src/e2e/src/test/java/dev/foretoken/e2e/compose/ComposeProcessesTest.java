package dev.foretoken.e2e.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ProcessOptions;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.serve.ServeApplication;
import dev.foretoken.gateway.AdminConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our process takes the command lines of the compose file, with the secrets that its command makes. */
class ComposeProcessesTest {

    private static final String MOUNTED = "/run/secrets/";

    @TempDir
    Path folder;

    private final ComposeFile file = ComposeFile.read("compose.yaml");
    private MadeSecrets secrets = new MadeSecrets(Path.of("none"));

    @BeforeEach
    void make() {
        secrets = MadeSecrets.in(folder);
    }

    private ComposeService service(Role role) {
        return file.services().get(role.name().toLowerCase(Locale.ROOT));
    }

    private AppConfig config(Role role) {
        return config(role, Map.of());
    }

    /**
     * What the process of that role makes of its command line and variables; the files of secrets lie where they were made.
     *
     * @param added variables that a second file gives it
     */
    private AppConfig config(Role role, Map<String, String> added) {
        ComposeService service = service(role);
        List<String> command = service.list("command");
        assertThat(command).first().isEqualTo("serve");
        Map<String, String> environment = new HashMap<>(service.environment());
        environment.putAll(secrets.variables(service));
        environment.putAll(added);
        AppConfig config = ProcessOptions.config(
                command.stream()
                        .skip(1)
                        .map(argument -> argument.replace(MOUNTED, secrets.folder() + "/"))
                        .toList(),
                environment);
        ServeApplication.check(config);
        return config;
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "RUNTIME", "REGISTRY"})
    void everyServiceIsAProcessThatStarts(Role role) {
        ComposeService service = service(role);
        AppConfig config = config(role);
        assertThat(config.role()).isEqualTo(role);
        assertThat(config.registry().home()).isEqualTo(Path.of("/var/lib/foretoken/registry"));
        assertThat(service.list("command").stream()
                        .filter(argument -> argument.contains(MOUNTED))
                        .map(argument -> argument.substring(argument.indexOf(MOUNTED) + MOUNTED.length()))
                        .distinct())
                .as("secrets that the service is given")
                .containsExactlyInAnyOrderElementsOf(service.list("secrets"));
        String grace = service.text("stop_grace_period").replace("s", "");
        assertThat(Duration.ofSeconds(Long.parseLong(grace)))
                .as("it is killed only after it has drained")
                .isGreaterThan(config.drainTimeout().plusSeconds(10));
    }

    @ParameterizedTest
    @EnumSource(names = {"GATEWAY", "RUNTIME", "REGISTRY"})
    void portsThatArePublishedAndAskedAreItsOwn(Role role) {
        ComposeService service = service(role);
        AppConfig config = config(role);
        Set<Integer> own = new HashSet<>(Set.of(config.ports().http()));
        if (role == Role.GATEWAY) {
            own.add(config.ports().grpc());
        }
        if (role.hasRegistry()) {
            AdminConfig admin = config.admin().orElseThrow();
            own.add(admin.port());
            assertThat(admin.host()).isEqualTo("0.0.0.0");
            assertThat(admin.keys()).hasSize(1);
        }
        assertThat(service.ports()).allSatisfy(port -> assertThat(own).contains(port.target()));
        assertThat(service.healthTest().getLast())
                .contains("/dev/tcp/127.0.0.1/" + config.ports().http());
        assertThat(config.ports().http()).as("where Prometheus asks").isEqualTo(8080);
    }

    @Test
    void gatewaysAndPodsMeet() {
        AppConfig gateway = config(Role.GATEWAY);
        AppConfig pod = config(Role.RUNTIME);
        assertThat(gateway.pods().toString())
                .isEqualTo("[dns:runtime:" + pod.ports().pod() + "]");
        assertThat(gateway.podCredential()).isEqualTo(pod.podCredential()).hasSizeGreaterThan(16);
        assertThat(gateway.models()).isEqualTo(pod.models()).isNotEmpty();
        assertThat(models("runtime")).isEqualTo(models("gateway"));
        assertThat(file.services().get("runtime").map("deploy")).containsEntry("replicas", 2);
    }

    @Test
    void aGatewayAnswersRequestsOfTheBrokerThatIsAdded() {
        assertThat(config(Role.GATEWAY).batchTopics()).isEmpty();
        Map<String, String> added =
                ComposeFile.read("compose.kafka.yaml").services().get("gateway").environment();
        assertThat(config(Role.GATEWAY, added).batchTopics()).hasValueSatisfying(topics -> {
            assertThat(topics.brokers()).isEqualTo(added.get("FORETOKEN_BATCH_BROKERS"));
            assertThat(topics.member().instance()).contains("gateway");
            assertThat(topics.member().notes())
                    .as("a folder that outlives the container")
                    .hasValueSatisfying(notes -> assertThat(notes)
                            .startsWithRaw(
                                    Path.of(service(Role.GATEWAY).environment().get("FORETOKEN_HOME"))));
        });
    }

    @Test
    void aGatewayTakesBatchesOverHttpAndKeepsThemOnItsVolume() {
        assertThat(config(Role.GATEWAY).batchFolder())
                .hasValueSatisfying(batches -> assertThat(batches.folder())
                        .startsWithRaw(
                                Path.of(service(Role.GATEWAY).environment().get("FORETOKEN_HOME"))));
    }

    /** Others are refused where there are tenants. */
    @Test
    void requestsOfTopicsThatThePageShowsAreThoseOfATenant() throws Exception {
        String page =
                Files.readString(ComposeFile.folder().resolve("README.md")).replaceAll("\\s+", " ");
        assertThat(page).contains("batch submit requests.jsonl --brokers 127.0.0.1:9092 --tenant first --follow");
        assertThat(Files.readString(secrets.file("tenants.yaml"))).contains("- id: first\n");
    }

    private ComposeService.Mount models(String service) {
        return file.services().get(service).mounts().stream()
                .filter(mount -> mount.target().equals("/models"))
                .findFirst()
                .orElseThrow();
    }

    /** Each by a login of its own; pods, which compute what callers send, know none. */
    @Test
    void onlyTheRegistryKnowsItsDatabaseAndOnlyTheGatewayThatOfTheLimits() {
        assertThat(config(Role.REGISTRY).registry().jdbcUrl()).isEqualTo(database("registry"));
        assertThat(config(Role.GATEWAY).identities().limitsDatabase()).contains(database("limits"));
        assertThat(file.services().get("runtime").fields()).doesNotContainKey("env_file");
        for (Role role : List.of(Role.GATEWAY, Role.RUNTIME)) {
            assertThat(config(role).registry().jdbcUrl()).as("%s", role).isEmpty();
        }
        for (Role role : List.of(Role.REGISTRY, Role.RUNTIME)) {
            assertThat(config(role).identities().limitsDatabase())
                    .as("%s", role)
                    .isEmpty();
        }
    }

    private String database(String name) {
        return "jdbc:postgresql://postgres/%1$s?user=%1$s&password=%2$s"
                .formatted(name, secrets.line(name + "-password"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "limits"})
    void postgresMakesTheLoginThatOwnsADatabase(String name) throws Exception {
        ComposeService postgres = file.services().get("postgres");
        assertThat(postgres.mounts())
                .contains(new ComposeService.Mount(
                        "./postgres/databases.sql", "/docker-entrypoint-initdb.d/databases.sql", true));
        assertThat(postgres.list("secrets")).contains(name + "-password");
        assertThat(Files.readString(ComposeFile.folder().resolve("postgres/databases.sql")))
                .contains("\\set %1$s_password `cat /run/secrets/%1$s-password`".formatted(name))
                .contains("CREATE ROLE %1$s LOGIN PASSWORD :'%1$s_password';".formatted(name))
                .contains("CREATE DATABASE %1$s OWNER %1$s;".formatted(name))
                .doesNotContainIgnoringCase("SUPERUSER");
    }

    /** What one writes, another never reads as its own. */
    @Test
    void gatewaysAndPodsAskTheRegistryAndWriteNothingOfItsOwn() {
        AppConfig registry = config(Role.REGISTRY);
        Set<String> volumes = new HashSet<>();
        for (Role role : List.of(Role.REGISTRY, Role.GATEWAY, Role.RUNTIME)) {
            for (ComposeService.Mount mount : service(role).mounts()) {
                assertThat(mount.readOnly() || volumes.add(mount.source()))
                        .as("%s writes %s alone", role, mount)
                        .isTrue();
            }
        }
        for (Role role : List.of(Role.GATEWAY, Role.RUNTIME)) {
            assertThat(config(role).offered().replica()).hasValueSatisfying(replica -> {
                assertThat(replica.url())
                        .hasToString("http://registry:" + registry.ports().http());
                assertThat(registry.apiKeys()).contains(replica.key());
            });
            assertThat(service(role).map("depends_on")).as("%s", role).containsKey("registry");
        }
    }

    @Test
    void secretsAreMadeOnceAllDifferentAndForNobodyElseOnTheMachine() throws Exception {
        Set<String> different = new HashSet<>();
        for (Map<String, Object> secret : file.section("secrets").values()) {
            String name = ComposeFile.secret("" + secret.get("file"));
            assertThat(different.add(secrets.line(name))).as(name).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets.file(name))))
                    .as("users of containers read %s", name)
                    .isEqualTo("rw-r--r--");
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets.folder())))
                .isEqualTo("rwx------");
        String before = secrets.line("operator-key");
        MadeSecrets.Run again = secrets.make();
        assertThat(again.exitCode()).isNotZero();
        assertThat(again.output()).contains("is there already and stays as it is");
        assertThat(secrets.line("operator-key")).isEqualTo(before);
        assertThat(different.stream().noneMatch(again.output()::contains)).isTrue();
    }
}
