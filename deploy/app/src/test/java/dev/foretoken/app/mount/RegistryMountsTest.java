package dev.foretoken.app.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.PredictionSettings;
import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.app.engine.TextFiles;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.model.VariantMerit;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.ResidencyConfig;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of the registry on a real engine. */
class RegistryMountsTest {

    private static final Path ROOT = Path.of(System.getProperty("foretoken.root"));
    private static final Path DEMO = ROOT.resolve("src/models/demo/model");
    private static final ResidencyConfig QUICK = new ResidencyConfig(
            0, 256, Duration.ZERO, Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(1));
    private static final long AMPLE = 2L << 30;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ModelCatalog served = new ModelCatalog();
    private final AtomicLong clock = new AtomicLong();
    private final List<SchedulerHost> hosts = new ArrayList<>();
    private final List<ModelInfo> loaded = new ArrayList<>();
    private List<String> told = List.of();

    @AfterEach
    void close() {
        hosts.forEach(SchedulerHost::close);
    }

    private SchedulerHost host(long memory, int maxLoaded) {
        SchedulerHost host = new SchedulerHost(
                new HostConfig(memory, 50, 8 << 20, Duration.ofSeconds(10))
                        .withResidency(QUICK.withLimits(maxLoaded, 256)),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(
                        ServiceLoader.load(RuntimeProvider.class).stream()
                                .map(ServiceLoader.Provider::get)
                                .toList(),
                        DeviceSpec.cpu(1),
                        Telemetry.NONE));
        hosts.add(host);
        return host;
    }

    private RegistryMounts mounts(SchedulerHost host, Toys toys, String... references) {
        told = List.of(references);
        ModelLocation locations = new ModelLocation(ROOT);
        return new RegistryMounts(
                new Mounting(
                        () -> told.stream()
                                .map(reference -> new RegistryMount(Reference.parse(reference)))
                                .toList(),
                        Optional.empty()),
                toys,
                new HostVariants(host, EngineSettings.DEFAULT, locations, toys, Duration.ofSeconds(5), loaded::add),
                new VariantText(
                        toys, new TextFiles(locations), EngineSet.of(List.of(new EngineEndpoint("local", host)))),
                served,
                PredictionSettings.NONE,
                clock::get);
    }

    private static Toys toys() {
        return new Toys(DEMO)
                .with("toy@1/base", Map.of(), Toys.measured(10, 90))
                .with("toy@1/q8", Map.of("weights", "q8_0"), Toys.measured(10.1, 89))
                .with("toy@2/base", Map.of("weights", "q4_0"), Toys.measured(12, 80));
    }

    private static ModelState state(SchedulerHost host, String model) {
        return host.models().stream()
                .filter(info -> info.name().equals(model))
                .findFirst()
                .orElseThrow()
                .state();
    }

    /** What a caller of a served name gets. */
    private static List<Integer> answer(ServedModel model) throws InterruptedException {
        Generation generation = model.endpoints()
                .getFirst()
                .engine()
                .submit(GenerationRequest.greedy("r", model.engineModel(), Prompt.of(5, 6, 7, 8), 24));
        List<Integer> tokens = new ArrayList<>();
        while (!generation.isDone()) {
            switch (generation.next(PATIENCE).orElseThrow()) {
                case EngineEvent.TokenGenerated token -> tokens.add(token.tokenId());
                case EngineEvent.Failed failed -> throw new AssertionError(failed.toString());
                case EngineEvent.Started e -> {}
                case EngineEvent.PromptScored e -> {}
                case EngineEvent.Repaired e -> {}
                case EngineEvent.Finished e -> {}
            }
        }
        return tokens;
    }

    @Test
    void tellsWhatWasMeasuredOfAVariantBesideItsVersionsBase() {
        Toys toys = toys().with("toy@1/new", Map.of()).alias("prod", 1, "base");
        mounts(host(AMPLE, 0), toys, "toy").start();
        assertThat(served.require("toy@1/q8").variant().merit())
                .contains(new VariantMerit("test", Toys.measured(10.1, 89).retention(Toys.measured(10, 90)), 1, 1));
        assertThat(served.require("toy:prod").variant().merit()).isPresent();
        assertThat(served.require("toy@1/new").variant().merit()).isEmpty();
    }

    @Test
    void offersEverythingOfAModelAndLoadsWhatIsAskedFor() throws InterruptedException {
        SchedulerHost host = host(AMPLE, 0);
        mounts(host, toys().alias("prod", 1, "q8").alias("best", 1, "auto"), "toy")
                .start();
        assertThat(served.all().stream().map(ServedModel::name))
                .containsExactly(
                        "toy", "toy:best", "toy:prod", "toy@1", "toy@1/base", "toy@1/q8", "toy@2", "toy@2/base");
        assertThat(served.require("toy").engineModel()).isEqualTo("toy@2/base");
        assertThat(served.require("toy:best").engineModel()).isEqualTo("toy@1/base");
        assertThat(served.require("toy:prod").variant().facts())
                .contains("\"perplexity\":10.1")
                .contains("toy@1/q8");
        assertThat(served.require("toy:best").variant().facts()).contains("passed_over");
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.AVAILABLE);
        assertThat(answer(served.require("toy:prod"))).hasSize(24);
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
        assertThat(state(host, "toy@1/base")).isEqualTo(ModelState.AVAILABLE);
    }

    @Test
    void loadsAnAliasAtTheStartAndNothingElse() {
        SchedulerHost host = host(AMPLE, 0);
        mounts(host, toys().alias("prod", 1, "q8"), "toy:prod").start();
        assertThat(served.all().stream().map(ServedModel::name)).containsExactly("toy:prod");
        assertThat(host.models()).hasSize(1);
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
        assertThat(host.models().getFirst().heldAs().weights()).contains("8-bit");
        assertThatThrownBy(() ->
                        mounts(host, toys().alias("prod", 1, "q8"), "toy:beta").start())
                .hasMessageContaining("no 'toy:beta'; aliases are prod");
    }

    @Test
    void withdrawsWhatNoNameReachesAMinuteLater() {
        SchedulerHost host = host(AMPLE, 0);
        Toys toys = toys().alias("prod", 1, "q8");
        RegistryMounts mounts = mounts(host, toys, "toy:prod");
        mounts.start();
        toys.alias("prod", 2, "base");
        assertThat(mounts.refresh()).as("something is left to do").isFalse();
        assertThat(served.require("toy:prod").engineModel()).isEqualTo("toy@2/base");
        assertThat(host.models()).hasSize(2);
        clock.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(mounts.refresh()).isTrue();
        assertThat(host.models()).hasSize(1);
    }

    @Test
    void staysWhereItWasWhenTheNewVariantCannotBeLoaded() throws InterruptedException {
        SchedulerHost host = host(AMPLE, 0);
        Toys toys = toys().with("toy@3/base", Map.of("no-such-setting", "1")).alias("prod", 1, "q8");
        RegistryMounts mounts = mounts(host, toys, "toy:prod");
        mounts.start();
        toys.alias("prod", 3, "base");
        assertThat(mounts.refresh()).isTrue();
        assertThat(served.require("toy:prod").engineModel()).isEqualTo("toy@1/q8");
        assertThat(answer(served.require("toy:prod"))).hasSize(24);
    }

    @Test
    void loadsWhatIsAssignedLaterBesideTheRestAndLetsGoOfWhatIsNot() {
        Toys toys = toys();
        SchedulerHost host = host(AMPLE, 0);
        RegistryMounts mounts = mounts(host, toys);
        assertThat(mounts.refresh()).isTrue();
        assertThat(served.all()).isEmpty();
        told = List.of("toy@1/q8");
        mounts.refresh();
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
        assertThat(loaded.getLast().name()).as("what is proven to work").isEqualTo("toy@1/q8");
        told = List.of("toy@2", "toy@1/q8");
        mounts.refresh();
        assertThat(state(host, "toy@2/base")).isEqualTo(ModelState.READY);
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
        told = List.of("toy@2");
        assertThat(mounts.refresh()).as("it is withdrawn a minute later").isFalse();
        assertThat(served.find("toy@1/q8")).isEmpty();
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(mounts.refresh()).isTrue();
        assertThat(host.models()).hasSize(1);
    }

    @Test
    void asksMoreSeldomWhileTheRegistryIsAwayAndServesWhatItHas() {
        Toys toys = toys();
        SchedulerHost host = host(AMPLE, 0);
        try (AliasWatch watch = AliasWatch.idle(toys, mounts(host, toys, "toy@1/q8"))) {
            toys.away(true);
            List<Long> pauses = new ArrayList<>();
            for (int look = 0; look < 6; look++) {
                watch.look();
                pauses.add(watch.pause().toSeconds());
            }
            assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 15L, 15L);
            assertThat(watch.hasCaughtUp()).isFalse();
            toys.away(false);
            watch.look();
            assertThat(watch.hasCaughtUp()).isTrue();
            assertThat(watch.pause()).isEqualTo(Duration.ofSeconds(1));
            toys.away(true);
            watch.look();
            assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
            assertThat(served.find("toy@1/q8")).isPresent();
        }
    }

    @Test
    void whatIsAssignedAndCannotBeLoadedIsNoNameAndKeepsNothingElseBack() {
        Toys toys = toys().with("toy@3/base", Map.of("no-such-setting", "1"));
        SchedulerHost host = host(AMPLE, 0);
        RegistryMounts mounts = mounts(host, toys);
        told = List.of("toy@3", "toy@1/q8");
        mounts.refresh();
        assertThat(served.find("toy@3")).isEmpty();
        assertThat(state(host, "toy@1/q8")).isEqualTo(ModelState.READY);
    }

    @Test
    void removesANameThatTheRegistryRemoved() {
        SchedulerHost host = host(AMPLE, 0);
        Toys toys = toys().alias("prod", 1, "q8").alias("beta", 1, "q8");
        RegistryMounts mounts = mounts(host, toys, "toy");
        mounts.start();
        toys.removeAlias("beta");
        mounts.refresh();
        assertThat(served.find("toy:beta")).isEmpty();
        assertThat(served.find("toy:prod")).isPresent();
    }

    /** {@code maxLoaded} 1: there is no room for both, so the old one is drained first. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void movesANameUnderTrafficWithoutAFailedOrForeignAnswer(int maxLoaded) throws Exception {
        SchedulerHost host = host(AMPLE, maxLoaded);
        Toys toys = toys().alias("prod", 1, "base").alias("other", 2, "base");
        mounts(host, toys, "toy").start();
        List<Integer> one = answer(served.require("toy@1/base"));
        List<Integer> other = answer(served.require("toy@2/base"));
        assertThat(one).isNotEqualTo(other);

        RegistryMounts mounts = mounts(host, toys, "toy:prod");
        mounts.start();
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong ones = new AtomicLong();
        AtomicLong others = new AtomicLong();
        Callable<Boolean> traffic = () -> {
            while (!over.get()) {
                List<Integer> tokens = answer(served.require("toy:prod"));
                assertThat(tokens).isIn(one, other);
                (tokens.equals(one) ? ones : others).incrementAndGet();
            }
            return true;
        };
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> running =
                    Stream.generate(() -> callers.submit(traffic)).limit(4).toList();
            for (int move = 0; move < 20; move++) {
                long seen = ones.get() + others.get();
                toys.alias("prod", move % 2 == 0 ? 2 : 1, "base");
                mounts.refresh();
                while (ones.get() + others.get() < seen + 4) {
                    Thread.onSpinWait();
                }
            }
            over.set(true);
            for (Future<Boolean> caller : running) {
                assertThat(caller.get()).isTrue();
            }
        }
        assertThat(ones.get()).isGreaterThan(20);
        assertThat(others.get()).isGreaterThan(20);
    }
}
