package dev.foretoken.e2e.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard of rollouts, of which only a server with all kinds of them shows everything. */
class RolloutDashboardTest {

    private static final String RULES = """
            {"%1$s": {
                "under_load": {"variant": "int4", "min_retention": 0.9, "queue": 8},
                "canary": [{"variant": "%2$s", "header": "x-canary=next"}],
                "shadow": {"variant": "%2$s", "share": 0.5}}}
            """.formatted(Models.LLAMA, Models.QWEN);

    @TempDir
    Path folder;

    @Test
    void showsWhatThereIs() throws IOException {
        Path rules = Files.writeString(folder.resolve("rollouts.json"), RULES);
        ServeArguments arguments = ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .model(Models.QWEN, Checkout.checkpoint(Models.QWEN))
                .edge("--rollouts", rules.toString());
        try (Deployment server = Topology.ONE_PROCESS.start(arguments)) {
            new HttpApi(server.http())
                    .post(HttpApi.COMPLETIONS, Map.of("model", Models.LLAMA, "prompt", "A", "max_tokens", 2))
                    .ok();
            Shown shown = new Shown(server.edgeMetrics());
            List<Watched> watched = Watched.files("dashboards", Watched.ROLLOUTS).stream()
                    .flatMap(file -> Watched.dashboard(file).stream())
                    .toList();
            assertThat(watched).hasSizeGreaterThan(5);
            assertThat(watched.stream().flatMap(one -> one.missing(shown).stream()))
                    .isEmpty();
        }
    }
}
