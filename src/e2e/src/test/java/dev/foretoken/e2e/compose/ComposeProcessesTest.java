package dev.foretoken.e2e.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ProcessOptions;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.serve.ServeApplication;
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

    /** What the process of that role makes of its command line and variables; the files of secrets lie where they were made. */
    private AppConfig config(Role role) {
        ComposeService service = file.services().get(role.name().toLowerCase(Locale.ROOT));
        List<String> command = service.list("command");
        assertThat(command).first().isEqualTo("serve");
        assertThat(service.list("env_file")).containsExactly("secrets/databases.env");
        Map<String, String> environment = new HashMap<>(service.environment());
        environment.putAll(secrets.variables());
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
        ComposeService service = file.services().get(role.name().toLowerCase(Locale.ROOT));
        AppConfig config = config(role);
        assertThat(config.role()).isEqualTo(role);
        assertThat(config.registry().jdbcUrl()).startsWith("jdbc:postgresql://postgres/registry?");
        assertThat(config.registry().home()).isEqualTo(Path.of("/var/lib/foretoken/registry"));
        assertThat(service.list("command").stream()
                        .filter(argument -> argument.contains(MOUNTED))
                        .map(argument -> argument.substring(argument.indexOf(MOUNTED) + MOUNTED.length())))
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
        ComposeService service = file.services().get(role.name().toLowerCase(Locale.ROOT));
        AppConfig config = config(role);
        Set<Integer> own = new HashSet<>(Set.of(config.ports().http()));
        if (role == Role.GATEWAY) {
            own.add(config.ports().grpc());
        }
        if (role.hasRegistry()) {
            own.add(config.admin().port());
            assertThat(config.admin().host()).isEqualTo("0.0.0.0");
            assertThat(config.admin().keys()).hasSize(1);
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
        assertThat(file.services().get("runtime").mounts())
                .isEqualTo(file.services().get("gateway").mounts());
        assertThat(file.services().get("runtime").map("deploy")).containsEntry("replicas", 2);
    }

    @Test
    void tenantsAreLimitedByAllGatewaysTogether() throws Exception {
        AppConfig gateway = config(Role.GATEWAY);
        assertThat(gateway.identities().limitsDatabase())
                .hasValueSatisfying(url -> assertThat(url)
                        .startsWith("jdbc:postgresql://postgres/limits?user=foretoken&password="
                                + secrets.line("postgres-password")));
        assertThat(Files.readString(ComposeFile.folder().resolve("postgres/limits.sql")))
                .contains("CREATE DATABASE limits;");
        assertThat(file.services().get("postgres").environment())
                .containsEntry("POSTGRES_USER", "foretoken")
                .containsEntry("POSTGRES_DB", "registry");
    }

    @Test
    void secretsAreMadeOnceAllDifferentAndForNobodyElseOnTheMachine() throws Exception {
        Set<String> different = new HashSet<>();
        for (Map<String, Object> secret : file.section("secrets").values()) {
            String name = ("" + secret.get("file")).substring("secrets/".length());
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
