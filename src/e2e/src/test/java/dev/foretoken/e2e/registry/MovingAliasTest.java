package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Reference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An alias that moves between two versions while callers stream from it. */
class MovingAliasTest {

    private static final int MOVES = Boolean.getBoolean("foretoken.soak") ? 20 : 6;

    @TempDir
    Path home;

    private static void importOf(Registry registry, String checkpoint) {
        registry.importModel(
                "toy",
                Checkout.checkpoint(checkpoint),
                Trust.OWN_FOLDER,
                new Provenance("test", "test", "import", Map.of(), null, Instant.EPOCH),
                LoadProgress.SILENT);
    }

    private ServeArguments arguments(Topology topology) {
        String[] options = {"--registry", home.toString(), "--model", "toy:prod,toy"};
        return topology == Topology.ONE_PROCESS
                ? ServeArguments.NONE.edge(options)
                : ServeArguments.NONE.engine(options).edge(options);
    }

    private static String answer(OpenAIClient client, String model) {
        CompletionCreateParams request = CompletionCreateParams.builder()
                .model(model)
                .prompt("The quick fox")
                .maxTokens(12)
                .temperature(0.0)
                .build();
        try (StreamResponse<Completion> chunks = client.completions().createStreaming(request)) {
            return chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .map(choice -> choice.text())
                    .collect(Collectors.joining());
        }
    }

    @ParameterizedTest
    @EnumSource
    void movesWithoutAFailedRequestOrAForeignAnswer(Topology topology) throws Exception {
        try (Registry registry = Registry.open(RegistryConfig.at(home))) {
            importOf(registry, Models.LLAMA);
            importOf(registry, Models.QWEN);
            registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
            try (Deployment server = topology.start(arguments(topology))) {
                OpenAIClient client = OpenAIOkHttpClient.builder()
                        .baseUrl(server.http() + "/v1")
                        .apiKey("none")
                        .maxRetries(0)
                        .build();
                try {
                    moved(registry, client);
                } finally {
                    client.close();
                }
            }
        }
    }

    private static void moved(Registry registry, OpenAIClient client) throws Exception {
        String one = answer(client, "toy@1");
        String other = answer(client, "toy@2");
        assertThat(one).isNotEqualTo(other);
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong ones = new AtomicLong();
        AtomicLong others = new AtomicLong();
        Callable<Boolean> traffic = () -> {
            while (!over.get()) {
                String text = answer(client, "toy:prod");
                assertThat(text).isIn(one, other);
                (text.equals(one) ? ones : others).incrementAndGet();
            }
            return true;
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> running =
                    Stream.generate(() -> callers.submit(traffic)).limit(3).toList();
            for (int move = 0; move < MOVES; move++) {
                AtomicLong coming = move % 2 == 0 ? others : ones;
                long seen = coming.get();
                registry.setAlias("toy", "prod", Reference.parse(move % 2 == 0 ? "toy@2" : "toy@1"), "");
                Eventually.holds(
                        "answers of the version that the alias moved to",
                        () -> coming.get() > seen + 2 || running.stream().anyMatch(Future::isDone));
            }
            over.set(true);
            for (Future<Boolean> caller : running) {
                assertThat(caller.get()).isTrue();
            }
        }
    }
}
