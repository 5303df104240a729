package dev.foretoken.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ProcessOptions;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.remote.EventLoops;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Reference;
import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pod whose first step does not end, or fails: nobody may take it for ready. HTTP, which says so with 503, listens before the parts start. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class FirstStepHeldTest {

    private static final Path MODEL =
            Path.of(System.getProperty("foretoken.root")).resolve("src/models/conformance/llama-text");

    @TempDir
    Path folder;

    /** What a pod computes, and how it is asked for. */
    enum Pod {
        OF_A_PATH("runtime", "m=" + MODEL),
        OF_THE_REGISTRY("runtime", "m:prod"),
        THAT_ANSWERS_CALLERS_TOO("all", "m=" + MODEL, "--with-pod");

        private final List<String> arguments = new ArrayList<>();

        Pod(String role, String model, String... more) {
            arguments.addAll(List.of("--role", role, "--model", model, "--memory", "256m"));
            for (String port : List.of("--port", "--grpc-port", "--pod-port")) {
                arguments.addAll(List.of(port, "0"));
            }
            arguments.addAll(List.of(more));
        }
    }

    /** Holds each request at the engine's door until the test says what becomes of it. */
    private static final class Held implements GenerationTracer, AutoCloseable {
        private final Semaphore come = new Semaphore(0);
        private final Semaphore free = new Semaphore(0);
        private volatile boolean failing;

        @Override
        public Generation follow(GenerationRequest request, Supplier<Generation> submit) {
            come.release();
            free.acquireUninterruptibly();
            if (failing) {
                throw new ForetokenException(ErrorCode.RUNTIME_FAILED, "no such kernel");
            }
            return submit.get();
        }

        /** Whether a request comes before the start is over. */
        boolean comesBefore(Future<?> end) throws InterruptedException {
            while (!end.isDone()) {
                if (come.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
            return false;
        }

        void letGo(boolean toFail) {
            failing = toFail;
            free.release();
        }

        /** A start that a test has left goes on. */
        @Override
        public void close() {
            free.release();
        }
    }

    private AppConfig config(Pod pod) {
        Path home = folder.resolve("registry");
        if (pod == Pod.OF_THE_REGISTRY) {
            try (Registry registry = Registry.open(RegistryConfig.at(home))) {
                Provenance from = new Provenance("a folder", "test 1", "import", Map.of(), null, Instant.EPOCH);
                registry.importModel("m", MODEL, Trust.OWN_FOLDER, from, LoadProgress.SILENT);
                registry.setAlias("m", "prod", Reference.parse("m@1"), "a test");
            }
        }
        return ProcessOptions.config(pod.arguments, Map.of("FORETOKEN_REGISTRY", home.toString()));
    }

    private static Gateway gateway(AppConfig config) {
        return new Gateway(
                ServerBeans.gatewayConfig(config),
                new ModelCatalog(),
                new PrometheusTelemetry(System::nanoTime),
                Gateway.Clocks.system(),
                new SecureRandom());
    }

    private static Future<ServerParts> start(ExecutorService thread, AppConfig config, Gateway gateway, Held steps) {
        EventLoops unused = new EventLoops(new DefaultEventLoopGroup(1), LocalChannel::new);
        return thread.submit(
                () -> ServerParts.start(config, gateway, steps, LoadProgress.SILENT, new ServerParts.Http(1, unused)));
    }

    @ParameterizedTest
    @EnumSource
    void isReadyOnceTheStepHasRun(Pod pod) throws Exception {
        AppConfig config = config(pod);
        try (Gateway gateway = gateway(config);
                ExecutorService thread = Executors.newSingleThreadExecutor();
                Held steps = new Held()) {
            Future<ServerParts> parts = start(thread, config, gateway, steps);
            assertThat(steps.comesBefore(parts))
                    .as("a step before the start is over")
                    .isTrue();
            assertThat(gateway.readiness().ready()).as("while it runs").isFalse();
            steps.letGo(false);
            try (ServerParts started = parts.get()) {
                assertThat(gateway.readiness().ready()).as("behind it").isTrue();
                assertThat(started.podPort()).isPresent();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotStartWhereTheStepFails(Pod pod) throws Exception {
        AppConfig config = config(pod);
        try (Gateway gateway = gateway(config);
                ExecutorService thread = Executors.newSingleThreadExecutor();
                Held steps = new Held()) {
            Future<ServerParts> parts = start(thread, config, gateway, steps);
            assertThat(steps.comesBefore(parts))
                    .as("a step before the start is over")
                    .isTrue();
            steps.letGo(true);
            assertThatThrownBy(parts::get).hasMessageContaining("no such kernel");
            assertThat(gateway.readiness().ready()).isFalse();
        }
    }
}
