package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
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
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registry, runtime pod and gateway as processes that share nothing but the registry's address. */
class AssignedPodsTest {

    private static final String KEY = "key-of-the-registry";

    @TempDir
    Path folder;

    private ServerProcess serve(String role, String port, String... more) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--role", role, "--port", port));
        arguments.addAll(List.of("--registry", folder.resolve(role).toString()));
        arguments.addAll(List.of(more));
        return ServerProcess.launch(arguments, Map.of("FORETOKEN_API_KEY", KEY, "FORETOKEN_REGISTRY_KEY", KEY));
    }

    private static void assign(Registry registry, String... references) {
        registry.assign(new Assignment(
                "cpu", Stream.of(references).map(Reference::parse).toList()));
    }

    private static Reply ask(HttpApi gateway, String model) {
        return gateway.post(HttpApi.COMPLETIONS, Map.of("model", model, "prompt", "The", "max_tokens", 4));
    }

    private static void awaitAnswer(HttpApi gateway, String model) {
        Eventually.get("an answer of " + model, () -> ask(gateway, model).status(), status -> status == 200);
    }

    @Test
    void podsLoadWhatIsAssignedAndServeWhatTheyHaveWhileTheRegistryIsAway() {
        try (Registry registry = Registry.open(RegistryConfig.at(folder.resolve("registry")));
                ServerProcess first = serve("registry", "0")) {
            for (String checkpoint : List.of(Models.LLAMA, Models.QWEN)) {
                Provenance from = new Provenance("test", "test", "import", Map.of(), null, Instant.EPOCH);
                registry.importModel(
                        "toy", Checkout.checkpoint(checkpoint), Trust.OWN_FOLDER, from, LoadProgress.SILENT);
            }
            String address = first.awaitReady().http().orElseThrow().toString();
            String[] follow = {"--registry-url", address, "--pod-group", "cpu", "--pod-port", "0"};
            try (ServerProcess pod = serve("runtime", "0", follow)) {
                Endpoints endpoints = pod.awaitReady();
                HttpApi probe = new HttpApi(endpoints.http().orElseThrow());
                assertThat(probe.get("/health/ready").status()).isEqualTo(503);
                assign(registry, "toy@1");
                Eventually.get("ready", () -> probe.get("/health/ready").status(), status -> status == 200);
                String found = endpoints.pod().orElseThrow();
                String[] edge = {"--registry-url", address, "--pod", found, "--grpc-port", "0"};
                try (ServerProcess gateway = serve("gateway", "0", edge)) {
                    HttpApi callers =
                            new HttpApi(gateway.awaitReady().http().orElseThrow(), java.util.Optional.of(KEY));
                    awaitAnswer(callers, "toy@1");
                    registry.setAlias("toy", "prod", Reference.parse("toy@2"), "");
                    assign(registry, "toy:prod");
                    awaitAnswer(callers, "toy:prod");
                    assertThat(ask(callers, "toy@1").status()).isEqualTo(404);
                    first.kill();
                    first.awaitExit();
                    assertThat(ask(callers, "toy:prod").status()).isEqualTo(200);
                }
            }
        }
    }
}
