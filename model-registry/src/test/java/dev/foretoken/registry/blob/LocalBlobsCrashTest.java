package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills processes that put blobs, and looks at what they leave. */
@Timeout(300)
class LocalBlobsCrashTest {

    private static final int KILLS = Boolean.getBoolean("foretoken.soak") ? 60 : 6;
    private static final int DIFFERENT = 4000;

    @TempDir
    private Path root;

    @Test
    void leavesOnlyWholeBlobsWhereverAProcessIsKilled() throws Exception {
        Set<Digest> committed = new TreeSet<>();
        for (int kill = 0; kill < KILLS; kill++) {
            putUntilKilled(kill, 1 + 3 * kill, committed);
            LocalBlobs blobs = LocalBlobs.open(root, Clock.systemUTC());
            BlobCheck.Report report = new BlobCheck(blobs).check(List.of(), false, LoadProgress.SILENT);
            assertThat(report.findings()).as("after kill %d", kill).isEmpty();
            assertThat(listed(blobs)).containsAll(committed);
        }
        assertThat(committed).hasSizeGreaterThan(KILLS);
        Clock tomorrow = Clock.offset(Clock.systemUTC(), Duration.ofHours(25));
        LocalBlobs later = LocalBlobs.open(root, tomorrow);
        assertThat(BlobPlaces.list(root.resolve("tmp"))).isEmpty();
        assertThat(listed(later)).containsAll(committed);
    }

    /** Several processes write the same and different blobs into one folder; one after the other is killed. */
    @Test
    void letsProcessesWriteTheSameBlobsAtOnce() throws Exception {
        Set<Digest> committed = new TreeSet<>();
        Process first = PuttingProcess.start(root, 1, 50);
        Process second = PuttingProcess.start(root, 2, 50);
        try {
            readCommitted(second, 60, committed);
            readCommitted(first, 60, committed);
        } finally {
            kill(first);
            kill(second);
        }
        LocalBlobs blobs = LocalBlobs.open(root, Clock.systemUTC());
        assertThat(new BlobCheck(blobs)
                        .check(List.of(), false, LoadProgress.SILENT)
                        .findings())
                .isEmpty();
        assertThat(listed(blobs)).containsAll(committed).hasSizeLessThanOrEqualTo(50);
    }

    private void putUntilKilled(int seed, int commits, Set<Digest> committed) throws Exception {
        Process process = PuttingProcess.start(root, seed, DIFFERENT);
        try {
            readCommitted(process, commits, committed);
        } finally {
            kill(process);
        }
    }

    private static void readCommitted(Process process, int commits, Set<Digest> committed) throws IOException {
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo("ready");
        for (int i = 0; i < commits; i++) {
            committed.add(Digest.parse(lines.readLine()));
        }
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    private static List<Digest> listed(LocalBlobs blobs) {
        try (Stream<StoredBlob> all = blobs.list()) {
            return all.map(StoredBlob::digest).toList();
        }
    }
}
