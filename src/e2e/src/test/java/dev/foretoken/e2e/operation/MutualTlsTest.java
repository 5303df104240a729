package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.e2e.http.TlsClient;
import dev.foretoken.e2e.pod.TlsFolder;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Endpoints;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.gateway.remote.PodTls;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.wire.fake.TestAuthority;
import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caller, gateway and pod as processes that speak TLS alone: each refuses who shows no certificate of an authority it believes. */
class MutualTlsTest {

    private static final String OPERATOR = "operators-0123456789";

    @TempDir
    Path folder;

    private final TestAuthority outside = new TestAuthority("outside");
    private final TestAuthority inside = new TestAuthority("inside");
    private final List<ServerProcess> processes = new ArrayList<>();

    @AfterEach
    void stop() {
        processes.forEach(ServerProcess::close);
    }

    private Endpoints start(String role, String... options) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--role", role, "--port", "0"));
        arguments.addAll(List.of("--model", Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA)));
        Collections.addAll(arguments, options);
        ServerProcess process = ServerProcess.launch(arguments, Map.of());
        processes.add(process);
        return process.awaitReady();
    }

    /** Starts a pod and a gateway in front of it; returns where they listen, the pod first. */
    private List<Endpoints> startBoth() {
        List<String> ofPod = new ArrayList<>(List.of("--pod-port", "0", "--memory", "128m"));
        Collections.addAll(ofPod, TlsFolder.write(folder, "pod", inside, inside).options("pod-tls", "pod-tls-ca"));
        Endpoints pod = start("runtime", ofPod.toArray(String[]::new));
        List<String> ofGateway = new ArrayList<>(List.of(
                "--grpc-port",
                "0",
                "--admin-port",
                "0",
                "--admin-key",
                OPERATOR,
                "--pod",
                pod.pod().orElseThrow()));
        Collections.addAll(
                ofGateway, TlsFolder.write(folder, "gateway", inside, inside).options("pod-tls", "pod-tls-ca"));
        Collections.addAll(
                ofGateway, TlsFolder.write(folder, "edge", outside, outside).options("tls", "tls-client-ca"));
        return List.of(pod, start("gateway", ofGateway.toArray(String[]::new)));
    }

    @Test
    void answersWhoIsBelievedAndNobodyElse() throws Exception {
        List<Endpoints> both = startBoth();
        URI edge = both.getLast().http().orElseThrow();
        assertThat(edge.getScheme()).isEqualTo("https");
        TlsFolder caller = TlsFolder.write(folder, "caller", outside, outside);
        try (HttpClient known = TlsClient.of(caller.files());
                HttpClient nameless = TlsClient.of(caller.authoritiesAlone());
                HttpClient stranger = TlsClient.of(
                        TlsFolder.write(folder, "stranger", inside, outside).files())) {
            assertThat(get(nameless, both.getFirst().http().orElseThrow(), "/health/ready")
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> answer = complete(known, edge);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(complete(nameless, edge).statusCode()).isEqualTo(401);
            assertThat(get(nameless, edge, "/health/ready").statusCode()).isEqualTo(200);
            URI admin = both.getLast().admin().orElseThrow();
            assertThat(operate(known, admin).statusCode()).isEqualTo(200);
            assertThat(get(known, admin, "/version").statusCode())
                    .as("a certificate is no key")
                    .isEqualTo(401);
            assertThat(operate(nameless, admin).statusCode())
                    .as("a key is no certificate")
                    .isEqualTo(401);
            assertThatThrownBy(() -> complete(stranger, edge)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> get(known, URI.create("http://" + edge.getAuthority()), "/health/ready"))
                    .isInstanceOf(IOException.class);
        }
        refusesAForeignGateway(both.getFirst().pod().orElseThrow());
    }

    private void refusesAForeignGateway(String pod) {
        TlsFiles foreign = TlsFolder.write(folder, "foreign", outside, inside).files();
        int colon = pod.lastIndexOf(':');
        RemoteConfig config = RemoteConfig.of(
                        pod.substring(0, colon), Integer.parseInt(pod.substring(colon + 1)), Optional.empty())
                .encrypted(Optional.of(new PodTls(TlsMaterial.read(foreign, InstantSource.system()), "pod")));
        try (RemoteEngine engine = RemoteEngine.connect(config)) {
            assertThatThrownBy(() -> engine.submit(GenerationRequest.greedy("r", Models.LLAMA, Prompt.of(1), 1)))
                    .isInstanceOf(ForetokenException.class);
            assertThat(engine.models()).isEmpty();
        }
    }

    private static HttpResponse<String> get(HttpClient client, URI server, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(server.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** With the key of operators. */
    private static HttpResponse<String> operate(HttpClient client, URI server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/version"))
                .header("Authorization", "Bearer " + OPERATOR)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> complete(HttpClient client, URI server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"" + Models.LLAMA + "\",\"prompt\":\"The quick\",\"max_tokens\":3}"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
