package dev.foretoken.app.mount;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.PredictionSettings;
import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.app.config.RegistrySettings;
import dev.foretoken.app.engine.TextFiles;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one model breaks, on an engine that fails as it is told. */
class FaultyModelTest {

    private static final Path ROOT = Path.of(System.getProperty("foretoken.root"));
    private static final Logger LOG = Logger.getLogger(RegistryMounts.class.getName());

    private final ModelCatalog served = new ModelCatalog();
    private final AtomicLong clock = new AtomicLong();
    private final Faulty engine = new Faulty();
    private final SchedulerHost idle = new SchedulerHost(
            HostConfig.DEFAULT,
            SchedulerConfig.DEFAULT,
            HostEnvironment.ofProcess(List.of(), DeviceSpec.cpu(1), Telemetry.NONE));
    private final List<String> said = new ArrayList<>();
    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord line) {
            said.add(new SimpleFormatter().formatMessage(line));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Fails at variants with an error that is none of the product's own. */
    private static final class Faulty implements VariantEngine {
        private final Set<String> faults = new HashSet<>();
        private final List<String> withdrawn = new ArrayList<>();

        private void touch(VariantRef variant) {
            if (faults.contains(variant.toString())) {
                throw new StackOverflowError("planted");
            }
        }

        @Override
        public void offer(VariantDetail variant) {
            touch(variant.ref());
        }

        @Override
        public Optional<String> obstacle(VariantDetail variant) {
            return Optional.empty();
        }

        @Override
        public boolean isReady(VariantRef variant) {
            return true;
        }

        @Override
        public void warm(VariantRef variant, Set<VariantRef> beside) {
            touch(variant);
        }

        @Override
        public void keep(VariantRef variant, boolean kept) {
            touch(variant);
        }

        @Override
        public void release(VariantRef variant) {
            touch(variant);
        }

        @Override
        public void withdraw(VariantRef variant) {
            withdrawn.add(variant.toString());
            touch(variant);
        }
    }

    @BeforeEach
    void listen() {
        LOG.addHandler(ear);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(ear);
        LOG.setUseParentHandlers(true);
        idle.close();
    }

    private RegistryMounts mounts(Toys toys, String... references) {
        ModelLocation locations = new ModelLocation(ROOT);
        return new RegistryMounts(
                Mounting.of(new RegistrySettings(
                        Stream.of(references)
                                .map(reference -> new RegistryMount(Reference.parse(reference)))
                                .toList(),
                        Optional.empty())),
                toys,
                engine,
                new VariantText(
                        toys, new TextFiles(locations), EngineSet.of(List.of(new EngineEndpoint("local", idle)))),
                served,
                PredictionSettings.NONE,
                clock::get);
    }

    private static Toys toys() {
        return new Toys(ROOT.resolve("src/models/demo/model"))
                .with("toy@1/base", Map.of())
                .with("toy@2/base", Map.of())
                .with("toy@3/base", Map.of())
                .alias("beta", 1, "base")
                .alias("prod", 1, "base");
    }

    private String leadsTo(String name) {
        return served.find(name).map(ServedModel::engineModel).orElse("nothing");
    }

    @Test
    void theOthersOfAModelAreOfferedAtTheStart() {
        engine.faults.add("toy@2/base");
        mounts(toys(), "toy").start();
        assertThat(leadsTo("toy@1")).isEqualTo("toy@1/base");
        assertThat(leadsTo("toy@2")).isEqualTo("nothing");
        assertThat(leadsTo("toy@3")).isEqualTo("toy@3/base");
        assertThat(said).contains("toy@2 does not lead to toy@2/base because of a fault");
    }

    @Test
    void otherNamesFollowTheRegistryWhenOneCannot() {
        Toys toys = toys();
        RegistryMounts mounts = mounts(toys, "toy:beta", "toy:prod");
        mounts.start();
        engine.faults.add("toy@2/base");
        toys.alias("beta", 2, "base").alias("prod", 3, "base");
        mounts.refresh();
        assertThat(leadsTo("toy:beta")).isEqualTo("toy@1/base");
        assertThat(leadsTo("toy:prod")).isEqualTo("toy@3/base");
        assertThat(said).contains("toy:beta does not lead to toy@2/base but still to toy@1/base because of a fault");
    }

    @Test
    void otherNamesFollowWhenAnAliasThatIsMountedIsGone() {
        Toys toys = toys();
        RegistryMounts mounts = mounts(toys, "toy:beta", "toy:prod");
        mounts.start();
        toys.removeAlias("beta");
        toys.alias("prod", 3, "base");
        mounts.refresh();
        assertThat(leadsTo("toy:beta")).isEqualTo("toy@1/base");
        assertThat(leadsTo("toy:prod")).isEqualTo("toy@3/base");
        assertThat(said).anyMatch(line -> line.contains("toy:beta stays as it is: the registry has no 'toy:beta'"));
    }

    @Test
    void otherNamesFollowWhenAModelCannotBeRead() {
        RegistryMounts mounts = mounts(toys(), "broken:prod", "toy:prod");
        assertThat(mounts.refresh()).as("it is tried again").isFalse();
        assertThat(mounts.refresh()).isFalse();
        assertThat(leadsTo("toy:prod")).isEqualTo("toy@1/base");
        assertThat(said)
                .filteredOn(line -> line.contains("broken"))
                .containsExactly("broken:prod stays as it is: nothing of it can be read");
    }

    @Test
    void whatCannotBeLetGoIsSaidAndWithdrawnLaterBesideTheOthers() {
        Toys toys = toys().alias("other", 2, "base").alias("third", 3, "base");
        RegistryMounts mounts = mounts(toys, "toy:other", "toy:prod", "toy:third");
        mounts.start();
        toys.alias("other", 1, "base").alias("third", 1, "base");
        engine.faults.add("toy@2/base");
        mounts.refresh();
        clock.addAndGet(Duration.ofMinutes(2).toNanos());
        mounts.refresh();
        assertThat(engine.withdrawn).containsExactlyInAnyOrder("toy@2/base", "toy@3/base");
        assertThat(said).contains("The engine could not withdraw toy@2/base");
    }
}
