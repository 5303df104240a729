package dev.foretoken.e2e.operation;

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
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the process that computes is told on its command line, and what it says it does. */
class EngineSettingsTest {

    @ParameterizedTest
    @EnumSource
    void whatComputesIsLoggedAndExported(Topology topology) throws IOException {
        String cpu = allowedCpu();
        ServeArguments arguments = ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .engine(
                        "--cpus",
                        cpu,
                        "--max-running-sequences",
                        "2",
                        "--max-tokens-per-step",
                        "8",
                        "--max-queued-sequences",
                        "3",
                        "--cache-bytes",
                        "2m");
        try (Deployment server = topology.start(arguments)) {
            assertThat(server.engineMetrics().labels("foretoken_kernel_info"))
                    .singleElement()
                    .asString()
                    .contains("model_name=\"llama-text\"", "threads=\"1\"")
                    .as("only compiled kernels can be bound")
                    .containsPattern("path=\"native-.*cpus=\"" + cpu + "\"|path=\"vector-.*cpus=\"any\"");
            assertThat(server.engine().err())
                    .filteredOn(line -> line.contains("Computing with "))
                    .singleElement()
                    .asString()
                    .containsPattern("on 1 threads, CPUs: (" + cpu + "|any)");
            assertThat(new HttpApi(server.http())
                            .post(
                                    HttpApi.COMPLETIONS,
                                    Map.of("model", Models.LLAMA, "prompt", "The quick fox", "max_tokens", 4))
                            .status())
                    .isEqualTo(200);
        }
    }

    /** The last CPU that this process, and so those it starts, may use. */
    private static String allowedCpu() throws IOException {
        String allowed = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .orElseThrow();
        return allowed.replaceFirst(".*[,\\-:\\s]", "");
    }
}
