package dev.foretoken.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.SampleModels;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.remote.HostRules;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Blobs that move at the same time. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SeveralAtOnceTest {

    private static final int LONG_ENOUGH = 120;

    @TempDir
    Path folder;

    private final StubRegistry registry = new StubRegistry();
    private final CountDownLatch never = new CountDownLatch(1);
    private BlobStore here;
    private BlobStore there;
    private ImportReport toy;

    @BeforeEach
    void importToy() {
        here = LocalBlobs.open(folder.resolve("here"), Clock.systemUTC());
        there = LocalBlobs.open(folder.resolve("there"), Clock.systemUTC());
        Path model = SampleModels.single(folder.resolve("model"));
        // Small files that an import takes, so that there is more to move than moves at once.
        for (String extra : List.of("README.md", "LICENSE", "merges.txt", "vocab.json")) {
            SampleModels.write(model.resolve(extra), "{\"" + extra + "\": 1}");
        }
        toy = new Ingest(here).store(model, Trust.UPLOADED, SampleModels.draft(), LoadProgress.SILENT);
        assertThat(toy.manifest().blobs().size()).isGreaterThan(AtOnce.MOST + 1);
    }

    @AfterEach
    void close() {
        never.countDown();
        registry.close();
    }

    private OciConfig config() {
        String host = registry.host.host();
        return new OciConfig(
                new HostRules(List.of(), List.of(host)), OciContract.LIMITS, OciCredentials.none(), 1 << 24);
    }

    private OciReference place() {
        return OciReference.parse("oci://" + registry.host.host() + "/team/toy:v1");
    }

    private OciPush.Pushed push(LoadProgress progress) {
        return new OciPush(config(), wait -> {})
                .push(here, toy.digest(), List.of(), place(), Optional.empty(), progress);
    }

    private PulledVariant pull(LoadProgress progress) {
        return new OciPull(config(), wait -> {}).pull(place(), there, folder.resolve("staging"), progress);
    }

    /** Lets nobody through before so many are here; the configuration, which is read alone, goes its way. */
    private final class Gathering implements Predicate<String> {
        private final CountDownLatch gathered;
        private final AtomicInteger inFlight = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicBoolean alone = new AtomicBoolean();

        Gathering(int wanted) {
            gathered = new CountDownLatch(wanted);
        }

        @Override
        public boolean test(String blob) {
            if (blob.equals(toy.manifest().config().digest().toString())) {
                return false;
            }
            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            gathered.countDown();
            try {
                if (!gathered.await(LONG_ENOUGH, TimeUnit.SECONDS)) {
                    alone.set(true);
                }
            } catch (InterruptedException e) {
                alone.set(true);
            }
            inFlight.decrementAndGet();
            return false;
        }
    }

    @Test
    void uploadsFourBlobsAtOnce() {
        Gathering gathering = new Gathering(AtOnce.MOST);
        registry.refuse = gathering;
        Queue<Long> positions = new ConcurrentLinkedQueue<>();
        OciPush.Pushed pushed = push((stage, done, total) -> positions.add(done));
        assertThat(gathering.alone).isFalse();
        assertThat(gathering.most).hasValue(AtOnce.MOST);
        long total = toy.manifest().blobs().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(pushed.sentBytes()).isEqualTo(total);
        assertThat(positions)
                .contains(total)
                .allMatch(done ->
                        done >= 0 && done <= Math.max(total, toy.manifest().fileBytes()));
        assertThat(registry.blobs).hasSameSizeAs(toy.manifest().blobs().keySet());
    }

    @Test
    void downloadsFourBlobsAtOnce() {
        push(LoadProgress.SILENT);
        Gathering gathering = new Gathering(AtOnce.MOST);
        registry.refuse = gathering;
        List<Long> positions = new ArrayList<>();
        assertThat(pull((stage, done, total) -> {
                            if (stage.equals("downloading")) {
                                positions.add(done);
                            }
                        })
                        .digest())
                .isEqualTo(toy.digest());
        assertThat(gathering.alone).isFalse();
        assertThat(gathering.most).hasValue(AtOnce.MOST);
        assertThat(positions)
                .isSorted()
                .endsWith(toy.manifest().blobs().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        - toy.manifest().config().size());
    }

    /** Refuses one blob as soon as others are on their way, and keeps those waiting for ever. */
    private Predicate<String> refusingOneAmongOthersThatHang(AtomicInteger asked) {
        CountDownLatch others = new CountDownLatch(2);
        return blob -> {
            if (blob.equals(toy.manifest().config().digest().toString())) {
                return false;
            }
            try {
                if (asked.getAndIncrement() == 0) {
                    return others.await(LONG_ENOUGH, TimeUnit.SECONDS);
                }
                others.countDown();
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return false;
        };
    }

    @Test
    void aFailedDownloadStopsTheOthersAndNothingIsVisible() {
        push(LoadProgress.SILENT);
        AtomicInteger asked = new AtomicInteger();
        registry.refuse = refusingOneAmongOthersThatHang(asked);
        assertThatThrownBy(() -> pull(LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        assertThat(asked.get()).isLessThan(toy.manifest().blobs().size() + AtOnce.MOST);
        assertThat(there.has(toy.digest())).isFalse();
        registry.refuse = blob -> false;
        assertThat(pull(LoadProgress.SILENT).digest()).isEqualTo(toy.digest());
        assertThat(toy.manifest().blobs().keySet()).allMatch(there::has);
    }

    @Test
    void aFailedUploadStopsTheOthersAndNothingIsVisible() {
        registry.refuse = refusingOneAmongOthersThatHang(new AtomicInteger());
        assertThatThrownBy(() -> push(LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
        assertThat(registry.manifests).isEmpty();
        registry.refuse = blob -> false;
        push(LoadProgress.SILENT);
        assertThat(registry.manifests).containsKey("v1");
    }

    @Test
    void stopsWhenItsOwnThreadIsInterrupted() {
        push(LoadProgress.SILENT);
        Thread self = Thread.currentThread();
        registry.refuse = blob -> {
            if (!blob.equals(toy.manifest().config().digest().toString())) {
                self.interrupt();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return false;
        };
        assertThatThrownBy(() -> pull(LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(there.has(toy.digest())).isFalse();
    }

    @Test
    void whatProgressThrowsEndsThePull() {
        push(LoadProgress.SILENT);
        ForetokenException stop = new ForetokenException(ErrorCode.CANCELLED, "enough");
        assertThatThrownBy(() -> pull((stage, done, total) -> {
                    if (stage.equals("downloading")) {
                        throw stop;
                    }
                }))
                .isSameAs(stop);
        assertThat(there.has(toy.digest())).isFalse();
    }
}
