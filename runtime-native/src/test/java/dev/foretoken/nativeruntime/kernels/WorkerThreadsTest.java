package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.contract.runtime.CpuList;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the system says of the native kernels' threads and memory. */
class WorkerThreadsTest {

    private static final long PATIENCE = 120_000_000_000L;
    private static final long CALLER_WORK = 50_000_000L;

    private final Set<String> before = new TreeSet<>(workers());

    @Test
    void everyWorkerKeepsToItsCpuAndTheCallerOnlyDuringAStep() throws IOException {
        CpuList allowed = CpuList.parse(status(Path.of("/proc/thread-self"), "Cpus_allowed_list"));
        assumeTrue(allowed.size() >= 2);
        CpuList two = new CpuList(allowed.cpus().subList(allowed.size() - 2, allowed.size()));
        try (Kernels kernels = open(2, two)) {
            assertThat(status(worker(), "Cpus_allowed_list"))
                    .isEqualTo("" + two.cpus().getLast());
            kernels.enter();
            String during = status(Path.of("/proc/thread-self"), "Cpus_allowed_list");
            kernels.leave();
            assertThat(during).isEqualTo("" + two.cpus().getFirst());
            assertThat(status(Path.of("/proc/thread-self"), "Cpus_allowed_list"))
                    .isEqualTo(allowed.toString());
        }
    }

    @Test
    void withoutAListWorkersRunWhereverTheProcessMay() throws IOException {
        String allowed = status(Path.of("/proc/thread-self"), "Cpus_allowed_list");
        try (Kernels kernels = open(2, CpuList.ANY)) {
            assertThat(kernels.cpus()).isEqualTo(CpuList.ANY);
            assertThat(status(worker(), "Cpus_allowed_list")).isEqualTo(allowed);
        }
    }

    @Test
    void anIdleWorkerFallsAsleepAndUsesNoCpuAfterwards() throws IOException {
        try (Kernels kernels = open(2, CpuList.ANY);
                Arena arena = Arena.ofShared()) {
            MemorySegment x = kernels.allocate(1 << 22, arena);
            kernels.add(x, x, 1 << 20, x);
            Path worker = worker();
            awaitSleep(worker);
            String asleep = Files.readString(worker.resolve("schedstat"));
            spendCallerTime(CALLER_WORK);
            assertThat(Files.readString(worker.resolve("schedstat")))
                    .as("nanoseconds run, nanoseconds waited for a CPU, times run")
                    .isEqualTo(asleep);
        }
    }

    @Test
    void largeMemoryIsMarkedForHugePages() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/sys/kernel/mm/transparent_hugepage")));
        try (Kernels kernels = open(1, CpuList.ANY);
                Arena arena = Arena.ofShared()) {
            MemorySegment marked = kernels.allocate(4 * Kernels.HUGE_PAGE, arena);
            assertThat(marked.address() % Kernels.HUGE_PAGE).isZero();
            assertThat(flags(marked.address())).contains(" hg");
        }
    }

    private static Kernels open(int threads, CpuList cpus) {
        KernelAvailability opened = NativeKernels.open(new KernelOptions(threads, Arithmetic.EXACT, cpus, null, null));
        assumeTrue(opened instanceof KernelAvailability.Present);
        return ((KernelAvailability.Present) opened).kernels();
    }

    /** The one worker that this test started, once it runs. */
    private Path worker() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE) {
            List<String> fresh =
                    workers().stream().filter(id -> !before.contains(id)).toList();
            if (fresh.size() == 1) {
                return Path.of("/proc/self/task", fresh.getFirst());
            }
            LockSupport.parkNanos(1_000_000);
        }
        throw new AssertionError("no worker thread was started");
    }

    private static List<String> workers() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(WorkerThreadsTest::isWorker)
                    .map(task -> task.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean isWorker(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip().equals("foretoken-work");
        } catch (IOException e) {
            return false; // the thread ended meanwhile
        }
    }

    private static void awaitSleep(Path worker) throws IOException {
        long start = System.nanoTime();
        while (!status(worker, "State").startsWith("S")) {
            assertThat(System.nanoTime() - start)
                    .as("patience with a worker that does not sleep")
                    .isLessThan(PATIENCE);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A stretch in which a worker that still spins would be seen to. */
    private static void spendCallerTime(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }

    private static String status(Path task, String key) throws IOException {
        return Files.readAllLines(task.resolve("status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    /** The kernel's flags of the mapping that an address lies in. */
    private static String flags(long address) throws IOException {
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-");
                inside = Long.parseUnsignedLong(range[0], 16) <= address
                        && address < Long.parseUnsignedLong(range[1], 16);
            } else if (inside && line.startsWith("VmFlags:")) {
                return line;
            }
        }
        throw new AssertionError("no mapping holds the address");
    }
}
