package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobCollectionTest {

    private static final Duration GRACE = Duration.ofHours(1);
    private static final int ROUNDS = Boolean.getBoolean("foretoken.soak") ? 200 : 5;
    private static final int STEPS = 80;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-05-01T00:00:00Z"));

    @TempDir
    private Path root;

    private LocalBlobs blobs;

    @BeforeEach
    void open() {
        blobs = LocalBlobs.open(root, clock);
    }

    @Test
    void removesOnlyWhatNothingReachesAndWhatIsOld() {
        StoredVariant kept = new StoredVariant(List.of("shared", "kept")).storeIn(blobs);
        StoredVariant gone = new StoredVariant(List.of("shared", "gone")).storeIn(blobs);
        clock.advance(GRACE);
        Digest young = blobs.put(BlobStoreContract.text("young"));
        assertThat(collect(List.of(kept.root("toy@1/base")))).isEqualTo(new BlobCollection.Report(4, 4, 0, 0));
        clock.advance(Duration.ofSeconds(1));
        BlobCollection.Report report = collect(List.of(kept.root("toy@1/base")));
        assertThat(report.removed()).isEqualTo(3);
        assertThat(report.bytes()).isEqualTo(bytes(gone) - "shared".length());
        assertThat(listed()).hasSize(5).contains(young).containsAll(kept.blobs().keySet());
    }

    @Test
    void keepsWhatARunningImportRenewed() {
        StoredVariant slow = new StoredVariant(List.of("slow")).storeIn(blobs);
        clock.advance(Duration.ofHours(5));
        assertThat(slow.renewIn(blobs)).isZero();
        assertThat(collect(List.of()).removed()).isZero();
        assertThat(listed()).hasSize(3);
    }

    @Test
    void removesNothingWhenItCannotKnowWhatAManifestReaches() {
        StoredVariant broken = new StoredVariant(List.of("part")).storeIn(blobs);
        new StoredVariant(List.of("garbage")).storeIn(blobs);
        blobs.delete(broken.manifest());
        clock.advance(Duration.ofDays(1));
        assertThatThrownBy(() -> collect(List.of(broken.root("toy@1/base"))))
                .hasMessage("toy@1/base: its manifest " + broken.manifest() + " is missing from the store");
        assertThat(listed()).hasSize(5);
    }

    @Test
    void asksForRootsOnlyAfterListing() {
        StoredVariant late = new StoredVariant(List.of("late")).storeIn(blobs);
        clock.advance(Duration.ofDays(1));
        List<BlobRoot> known = new ArrayList<>();
        BlobStore listing = new ForwardingBlobs(blobs) {
            @Override
            public Stream<StoredBlob> list() {
                List<StoredBlob> all = super.list().toList();
                known.add(late.root("toy@1/base"));
                return all.stream();
            }
        };
        BlobCollection.Report report =
                new BlobCollection(listing, clock).collect(() -> known, GRACE, LoadProgress.SILENT);
        assertThat(report).isEqualTo(new BlobCollection.Report(3, 0, 0, 0));
    }

    /** Beside the store a model of it: what aliases reach is always there, and after a collection nothing else that is old. */
    @Test
    void keepsWhatAnAliasReachesThroughAnySequenceOfEvents() {
        for (int round = 0; round < ROUNDS; round++) {
            new Events(new Random(1000 + round)).run();
        }
    }

    private final class Events {
        private final Random random;
        private final Map<Integer, StoredVariant> versions = new TreeMap<>();
        private final Map<String, Integer> aliases = new HashMap<>();
        private final Map<Digest, Instant> ages = new HashMap<>();
        private int next = 1;

        Events(Random random) {
            this.random = random;
            listed().forEach(blobs::delete);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> importVersion();
                    case 3 -> aliases.put("alias" + random.nextInt(3), random.nextInt(next));
                    case 4 -> aliases.remove("alias" + random.nextInt(3));
                    case 5 -> removeVersion(random.nextInt(next));
                    case 6 -> clock.advance(Duration.ofMinutes(random.nextInt(90)));
                    default -> collectAndCompare();
                }
                aliases.values().removeIf(version -> !versions.containsKey(version));
                aliases.values().forEach(this::requireWhole);
            }
        }

        private void importVersion() {
            List<String> parts = random.ints(1 + random.nextInt(4), 0, 12)
                    .mapToObj(i -> "part " + i)
                    .toList();
            StoredVariant variant = new StoredVariant(parts).storeIn(blobs);
            variant.blobs().keySet().forEach(digest -> ages.put(digest, clock.instant()));
            versions.put(next++, variant);
        }

        /** As the registry does: refused while an alias reaches it. */
        private void removeVersion(int version) {
            if (!aliases.containsValue(version)) {
                versions.remove(version);
            }
        }

        private void collectAndCompare() {
            Set<Digest> expected = versions.values().stream()
                    .flatMap(variant -> variant.blobs().keySet().stream())
                    .collect(Collectors.toCollection(HashSet::new));
            Instant before = clock.instant().minus(GRACE);
            ages.forEach((digest, age) -> {
                if (!age.isBefore(before)) {
                    expected.add(digest);
                }
            });
            List<BlobRoot> roots = versions.entrySet().stream()
                    .map(e -> e.getValue().root("toy@" + e.getKey()))
                    .toList();
            collect(roots);
            ages.keySet().retainAll(expected);
            assertThat(listed()).containsExactlyInAnyOrderElementsOf(expected);
        }

        private void requireWhole(int version) {
            StoredVariant variant = versions.get(version);
            assertThat(variant).isNotNull();
            variant.blobs()
                    .forEach((digest, bytes) ->
                            assertThat(blobs.read(digest, 1 << 20)).contains(bytes));
        }
    }

    private BlobCollection.Report collect(List<BlobRoot> roots) {
        return new BlobCollection(blobs, clock).collect(() -> roots, GRACE, LoadProgress.SILENT);
    }

    private List<Digest> listed() {
        try (Stream<StoredBlob> all = blobs.list()) {
            return all.map(StoredBlob::digest).toList();
        }
    }

    private static long bytes(StoredVariant variant) {
        return variant.blobs().values().stream().mapToLong(b -> b.length).sum();
    }
}
