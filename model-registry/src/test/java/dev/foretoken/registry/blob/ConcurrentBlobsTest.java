package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ConcurrentBlobsTest {

    private static final int THREADS = 4;
    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 2000 : 60;
    private static final int MOST_ROUNDS = 100 * ROUNDS;
    private static final Duration GRACE = Duration.ofHours(1);

    @TempDir
    private Path root;

    @Test
    void storesEachBlobOnceHoweverManyThreadsPutIt() throws Exception {
        LocalBlobs blobs = LocalBlobs.open(root, Clock.systemUTC());
        together(thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < ROUNDS; i++) {
                byte[] bytes = PuttingProcess.bytes(random.nextInt(20));
                Digest digest = blobs.put(bytes);
                assertThat(blobs.read(digest, 1 << 20)).contains(bytes);
            }
        });
        try (Stream<StoredBlob> all = blobs.list()) {
            assertThat(all.count()).isEqualTo(20);
        }
    }

    /**
     * Imports run while collections run all the time. Time passes only between the imports' last renewals and commits, as the grace period
     * promises them; everywhere else it jumps by days, so that collections take blobs away from imports in the middle.
     */
    @Test
    void collectsWhileImportsRunWithoutTakingAnythingThatBecomesKnown() throws Exception {
        SettableClock clock = new SettableClock(Instant.parse("2026-05-01T00:00:00Z"));
        LocalBlobs blobs = LocalBlobs.open(root, clock);
        Imports imports = new Imports(blobs, clock);
        AtomicBoolean importing = new AtomicBoolean(true);
        try (ExecutorService collector = Executors.newSingleThreadExecutor()) {
            Future<?> collecting = collector.submit(() -> {
                while (importing.get()) {
                    imports.collect();
                }
            });
            together(thread -> imports.run(new Random(thread)));
            importing.set(false);
            collecting.get();
        }
        assertThat(imports.removed.get()).isPositive();
        assertThat(imports.putAgain.get())
                .as("blobs taken from running imports")
                .isPositive();
        assertThat(new BlobCheck(blobs)
                        .check(imports.roots(), false, LoadProgress.SILENT)
                        .findings())
                .isEmpty();
    }

    private static final class Imports {
        private final BlobStore blobs;
        private final SettableClock clock;
        private final Map<String, StoredVariant> known = new ConcurrentHashMap<>();
        private final ReentrantReadWriteLock time = new ReentrantReadWriteLock();
        private final AtomicLong putAgain = new AtomicLong();
        private final AtomicLong removed = new AtomicLong();

        Imports(BlobStore blobs, SettableClock clock) {
            this.blobs = blobs;
            this.clock = clock;
        }

        /** At least all rounds, and more where the collector had no turn in the middle of any. */
        void run(Random random) {
            for (int i = 0; i < ROUNDS || (putAgain.get() == 0 && i < MOST_ROUNDS); i++) {
                List<String> parts =
                        random.ints(3, 0, 15).mapToObj(p -> "part " + p).toList();
                StoredVariant variant = new StoredVariant(parts).storeIn(blobs);
                pass(Duration.ofDays(1));
                become("toy@" + random.nextInt(10), variant);
                requireReadable(variant);
            }
        }

        private void become(String name, StoredVariant variant) {
            time.readLock().lock();
            try {
                putAgain.addAndGet(variant.renewIn(blobs));
                known.put(name, variant);
            } finally {
                time.readLock().unlock();
            }
        }

        private void pass(Duration duration) {
            time.writeLock().lock();
            try {
                clock.advance(duration);
            } finally {
                time.writeLock().unlock();
            }
        }

        /** Unless another import has taken its name, in which case it may be collected. */
        private void requireReadable(StoredVariant variant) {
            for (Map.Entry<Digest, byte[]> blob : variant.blobs().entrySet()) {
                boolean found = blobs.read(blob.getKey(), 1 << 20).isPresent();
                if (!found && known.containsValue(variant)) {
                    throw new AssertionError(blob.getKey() + " of a known variant is gone");
                }
            }
        }

        List<BlobRoot> roots() {
            List<BlobRoot> roots = new ArrayList<>();
            known.forEach((name, variant) -> roots.add(variant.root(name)));
            return roots;
        }

        void collect() {
            removed.addAndGet(new BlobCollection(blobs, clock)
                    .collect(this::roots, GRACE, LoadProgress.SILENT)
                    .removed());
        }
    }

    @FunctionalInterface
    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void together(Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                calls.add(() -> {
                    work.run(thread);
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(calls)) {
                assertThat(done.get()).isTrue();
            }
        }
    }
}
