package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.TlsClient;
import dev.foretoken.e2e.pod.TlsFolder;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.wire.fake.TestAuthority;
import dev.foretoken.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A registry that asks for certificates: pod and gateway show it theirs and are answered; a key alone opens nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutualTlsRegistryTest {

    private static final String KEY = "key-of-the-registry";
    private static final String MODEL = "/registry/v1/models/toy";

    /** Signs the registry's certificate alone, so that nobody who shows or believes the wrong one is answered. */
    private final TestAuthority outside = new TestAuthority("outside");
    /** Signs those of pods and gateways, which the registry asks for. */
    private final TestAuthority inside = new TestAuthority("inside");

    private final List<ServerProcess> processes = new ArrayList<>();
    private Path folder = Path.of("");
    private URI registry = URI.create("");

    @BeforeAll
    void serve(@TempDir Path own) {
        folder = own;
        try (Registry content = Registry.open(RegistryConfig.at(folder.resolve("registry")))) {
            Provenance from = new Provenance("test", "test", "import", Map.of(), null, Instant.EPOCH);
            content.importModel("toy", Checkout.checkpoint(Models.LLAMA), Trust.OWN_FOLDER, from, LoadProgress.SILENT);
            content.assign(new Assignment("cpu", List.of(Reference.parse("toy@1"))));
        }
        TlsFolder files = TlsFolder.write(folder, "registry", outside, inside);
        registry = start("registry", "registry", files.options("tls", "tls-client-ca"))
                .awaitReady()
                .http()
                .orElseThrow();
    }

    @AfterAll
    void stop() {
        processes.forEach(ServerProcess::close);
    }

    private ServerProcess start(String role, String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--role", role, "--port", "0"));
        arguments.addAll(List.of("--registry", folder.resolve(name).toString()));
        arguments.addAll(List.of(options));
        ServerProcess process =
                ServerProcess.launch(arguments, Map.of("FORETOKEN_API_KEY", KEY, "FORETOKEN_REGISTRY_KEY", KEY));
        processes.add(process);
        return process;
    }

    /** Starts a process that asks the registry, and believes its authority. */
    private ServerProcess follow(String role, String name, Stream<String> options) {
        Path believed = folder.resolve("believed.crt");
        outside.write(believed);
        List<String> asking = List.of("--registry-url", registry.toString(), "--registry-ca", believed.toString());
        return start(role, name, Stream.concat(asking.stream(), options).toArray(String[]::new));
    }

    private Stream<String> certificate(String name) {
        return Stream.of(TlsFolder.write(folder, name, inside, inside).options("pod-tls", "pod-tls-ca"));
    }

    private HttpApi asking(TlsFiles files, Optional<String> key) {
        return new HttpApi(registry, key).over(TlsClient.of(files));
    }

    @Test
    void podAndGatewayShowItTheirCertificateAndServeWhatIsAssigned() {
        assertThat(registry.getScheme()).isEqualTo("https");
        Stream<String> ofPod = Stream.of("--pod-group", "cpu", "--pod-port", "0", "--memory", "128m");
        Endpoints pod = follow("runtime", "pod", Stream.concat(ofPod, certificate("pod")))
                .awaitReady();
        Stream<String> ofGateway = Stream.of("--pod", pod.pod().orElseThrow(), "--grpc-port", "0");
        Endpoints gateway = follow("gateway", "gateway", Stream.concat(ofGateway, certificate("gateway")))
                .awaitReady();
        HttpApi probe = new HttpApi(pod.http().orElseThrow());
        Eventually.get("the pod is ready", () -> probe.get("/health/ready").status(), status -> status == 200);
        HttpApi callers = new HttpApi(gateway.http().orElseThrow(), Optional.of(KEY));
        Map<String, ?> request = Map.of("model", "toy@1", "prompt", "The", "max_tokens", 4);
        Eventually.get(
                "an answer", () -> callers.post(HttpApi.COMPLETIONS, request).status(), status -> status == 200);
    }

    @Test
    void refusesWhoShowsNoCertificateOrOneOfAnotherAuthority() {
        TlsFolder caller = TlsFolder.write(folder, "caller", inside, outside);
        Optional<String> key = Optional.of(KEY);
        assertThat(asking(caller.files(), key).get(MODEL).status()).isEqualTo(200);
        assertThat(asking(caller.files(), Optional.empty()).get(MODEL).status())
                .as("a certificate is no key")
                .isEqualTo(401);
        assertThat(asking(caller.authoritiesAlone(), key).get(MODEL).status())
                .as("a key is no certificate")
                .isEqualTo(401);
        TlsFiles stranger =
                TlsFolder.write(folder, "stranger", outside, outside).files();
        assertThatThrownBy(() -> asking(stranger, key).get(MODEL)).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void aPodWithoutACertificateLoadsNothingAndSaysWhatItLacks() {
        ServerProcess pod = follow("runtime", "nameless", Stream.of("--pod-group", "cpu", "--pod-port", "0"));
        HttpApi probe = new HttpApi(pod.awaitReady().http().orElseThrow());
        Eventually.holds(
                "it was refused",
                () -> pod.err().stream()
                        .anyMatch(line -> line.contains("answers 401") && line.contains("pod-tls-cert")));
        assertThat(probe.get("/health/ready").status()).isEqualTo(503);
    }
}
