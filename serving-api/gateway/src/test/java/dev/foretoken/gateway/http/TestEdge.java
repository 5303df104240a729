package dev.foretoken.gateway.http;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.job.JobMetrics;
import dev.foretoken.batch.job.JobRunner;
import dev.foretoken.batch.job.JobTransport;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.gateway.AdminConfig;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.gateway.registry.RegistryPulls;
import dev.foretoken.gateway.registry.RegistryUploads;
import dev.foretoken.gateway.registry.UploadLimits;
import dev.foretoken.gateway.registry.Uploads;
import dev.foretoken.gateway.tenant.KeyHash;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.transfer.ModelPull;
import dev.foretoken.registry.transfer.PullQueue;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The application of the HTTP tests: one text model and one without tokenizer, both on fake engines. */
@Singleton
public class TestEdge {

    static final String KEY = "test-key-0123456789";
    static final String ADMIN_KEY = "admin-key-0123456789";
    static final String TENANT_KEY = "tenant-key-0123456789";
    static final String TEXT_MODEL = "toy";
    static final String TOKEN_MODEL = "bare";
    static final String GRAPH = "graph";
    static final String ENCODER = "encoder";
    static final HttpLimits LIMITS = new HttpLimits(
                    64 << 10, 8, 96, 4 << 10, Duration.ofSeconds(2), Duration.ofSeconds(5))
            .quietFor(Duration.ofSeconds(3));

    static final TensorLimits TENSORS = new TensorLimits(32 << 10, 4, 5, 6);

    static final UploadLimits UPLOADS =
            new UploadLimits(2, 5, 12 << 20, 16 << 20, Duration.ofMinutes(5), 64, Duration.ofSeconds(5));

    static final JobLimits BATCH_LIMITS =
            new JobLimits(100, 200_000, 20_000, 50, 1_000_000, 20, Duration.ofDays(30), Duration.ofDays(90));

    final Tokenizer tokenizer = Models.byteLevelTokenizer();
    final FakeEngine engine = new FakeEngine(TEXT_MODEL, tokenizer.vocabularySize());
    final FakeEngine bareEngine = new FakeEngine(TOKEN_MODEL, 100);
    final FakeGraph graph = Graphs.echo(GRAPH);
    final FakeGraph encoder = Graphs.encoder(ENCODER);
    final Gateway gateway;
    final Registry registry;
    final ModelHub hub = new ModelHub(Path.of("../../src/models/conformance/llama-mqa-f16"));

    TestEdge() {
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(Models.withText(TEXT_MODEL, tokenizer, engine));
        catalog.put(Models.tokensOnly(TOKEN_MODEL, bareEngine));
        catalog.put(graph.served(Optional.empty()));
        catalog.put(encoder.served(Optional.of(Graphs.encoderTokenizer())));
        GatewayConfig config = GatewayConfig.DEFAULT
                .listeningOn("127.0.0.1", 0)
                .withApiKeys(List.of(KEY))
                .limiting(LIMITS)
                .administeredOn(Optional.of(new AdminConfig("127.0.0.1", 0, List.of(ADMIN_KEY), List.of())))
                .taking(TENSORS)
                .identifying(new Identities(Optional.of(tenants()), Optional.empty(), Optional.empty()));
        gateway = new Gateway(
                config,
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                Gateway.Clocks.system(),
                RandomGenerator.of("SecureRandom"));
        Path home = temporaryFolder();
        registry = Registry.open(RegistryConfig.at(home));
        Uploads uploads =
                new Uploads(home.resolve("uploads"), UPLOADS, InstantSource.system(), System::nanoTime, gateway::newId);
        RegistryDesk desk = new RegistryDesk(
                registry,
                new RegistryUploads(registry, uploads, "test 1", InstantSource.system()),
                new RegistryPulls(pulls(home)),
                new CopyWorkshop(),
                false);
        gateway.offerRegistry(() -> desk);
        gateway.offerBatches(batches());
    }

    /** Requests that ask for a model called {@code missing} fail, all others are answered with their own bodies. */
    private Gateway.Batches batches() {
        Path home = temporaryFolder();
        BatchStore store = BatchStore.open(home, "jdbc:sqlite:" + home.resolve("batch.db"), gateway::newId);
        JobRunner runner = JobRunner.start(
                store,
                BATCH_LIMITS,
                new EchoTransport(),
                InstantSource.system(),
                System::nanoTime,
                JobMetrics.NONE,
                "test");
        return new Gateway.Batches(
                new BatchFiles(store, BATCH_LIMITS, InstantSource.system()),
                new BatchJobs(store, BATCH_LIMITS, InstantSource.system(), runner::wake));
    }

    private static final class EchoTransport implements JobTransport {
        @Override
        public int room() {
            return 8;
        }

        @Override
        public Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {
            boolean missing = new String(request.body(), StandardCharsets.UTF_8).contains("missing");
            answered.accept(Optional.of(new BatchAnswer(
                    missing ? 404 : 200,
                    "r",
                    request.body(),
                    missing ? Optional.of(ErrorCode.MODEL_NOT_FOUND) : Optional.empty())));
            return () -> {};
        }
    }

    private PullQueue pulls(Path home) {
        ModelPull pull =
                new ModelPull(registry, home.resolve(ModelPull.FOLDER), hub::sources, "test 1", InstantSource.system());
        return new PullQueue(
                pull,
                PullQueue.Limits.DEFAULT,
                InstantSource.system(),
                gateway::newId,
                Thread.ofVirtual().factory());
    }

    private static Path tenants() {
        String hash = KeyHash.of(TENANT_KEY, RandomGenerator.getDefault()).text();
        try {
            return Files.writeString(
                    temporaryFolder().resolve("tenants.yaml"), "tenants: [{id: team, keys: ['" + hash + "']}]");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("foretoken-registry");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Both engines ready, with nothing to say and nothing remembered. */
    void reset() {
        for (FakeEngine each : List.of(engine, bareEngine)) {
            each.refusing(null)
                    .withState(ModelState.READY)
                    .offering(PrefillMode.EXACT)
                    .behaving(generation -> {});
            each.forgetSubmitted();
        }
        graph.computing(Graphs::echoed);
        for (FakeGraph each : List.of(graph, encoder)) {
            each.withState(ModelState.READY);
            each.forget();
        }
    }

    @Produces
    @Singleton
    Gateway gateway() {
        return gateway;
    }
}
