package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker's disk becomes full while requests run, and the broker stops for it; when there is room again and it is started, each id is answered
 * exactly once. Its disk is a file system of its own in memory, which only root may mount: it is skipped elsewhere.
 */
@EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
class FullDiskTest {

    private static final int ROUNDS = 5;
    private static final int SHARE = 400;
    private static final int PARTITIONS = 3;
    private static final int DISK_MEBIBYTES = 64;
    private static final long SEED = Long.getLong("foretoken.seed", System.nanoTime());

    /** Less than half of a share's answers take. */
    private static final int MOST_LEFT_BYTES = 8 << 10;

    private final Random random = new Random(SEED);

    private static final int ALL = 1_000_000;

    /** Answers so many requests, and keeps the others. */
    private static final class OpenedExecutor extends EchoExecutor {
        private final Semaphore open = new Semaphore(0);

        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            open.acquire();
            return super.run(request, cancel);
        }
    }

    @TempDir
    private Path folder;

    @Test
    void everyIdIsAnsweredExactlyOnce() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "tmpfs", disk.toString()),
                "a disk that can be filled is mounted by root alone");
        try (KafkaBroker broker = KafkaBroker.start(
                folder, Map.of("log.dirs", disk.resolve("data").toString()))) {
            fillAndGoOn(broker, disk);
        } catch (AssertionError | Exception e) {
            throw new AssertionError("with -Dforetoken.seed=" + SEED + ": " + e.getMessage(), e);
        } finally {
            run("umount", "-l", disk.toString());
        }
    }

    private void fillAndGoOn(KafkaBroker broker, Path disk) throws Exception {
        TestTopic topic = TestTopic.create(broker, PARTITIONS);
        List<String> ids = ids(ROUNDS * SHARE);
        OpenedExecutor executor = new OpenedExecutor();
        try (BatchWorker worker = topic.worker("a", executor)) {
            for (int round = 0; round < ROUNDS; round++) {
                int before = round * SHARE;
                topic.answers(before);
                executor.open.drainPermits();
                topic.request(ids.subList(before, before + SHARE));
                int some = 1 + random.nextInt(SHARE / 2);
                executor.open.release(some);
                topic.answers(before + some);
                Path filler = fill(disk, random.nextInt(MOST_LEFT_BYTES));
                executor.open.release(ALL);
                Eventually.until("the broker stops", () -> !broker.isRunning());
                Files.delete(filler);
                broker.start();
            }
            assertAnsweredOnce(topic.answers(ids.size()), ids);
            assertThat(worker.state().phase()).isEqualTo(WorkerState.Phase.WORKING);
        }
        assertThat(topic.byKey(topic.topics().answered(), found -> true).keySet())
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    /** Leaves about so many bytes. */
    private static Path fill(Path disk, int left) throws IOException {
        Path filler = disk.resolve("filler");
        Path reserve = Files.write(disk.resolve("reserve"), new byte[left]);
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] zeros = new byte[4096];
            while (true) {
                out.write(zeros);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
        Files.delete(reserve);
        return filler;
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
