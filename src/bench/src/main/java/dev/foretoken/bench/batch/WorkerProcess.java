package dev.foretoken.bench.batch;

import dev.foretoken.bench.process.ChildProcess;
import dev.foretoken.bench.process.ResidentMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The worker's process, which begins to work as soon as it is ready. Thread-safe. */
final class WorkerProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofMinutes(2);

    private final ChildProcess process;
    private final CompletableFuture<Long> live = new CompletableFuture<>();
    private volatile WorkerState state = WorkerState.NONE;

    /** Starts it, and waits until it begins. */
    WorkerProcess(Topics topics, int answerCharacters, String heap, List<String> flags)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(flags);
        all.add("-Xmx" + heap);
        all.add("-Dslf4j.internal.verbosity=ERROR");
        process = new ChildProcess(all, arguments(topics, answerCharacters), WorkerMain.READY, this::take);
        try {
            process.awaitReady(READY_WITHIN);
        } catch (IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    private static List<String> arguments(Topics topics, int answerCharacters) {
        return List.of(
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                topics.brokers(),
                Integer.toString(topics.partitions()),
                Integer.toString(answerCharacters),
                topics.notes().toString());
    }

    private void take(String line) {
        if (line.startsWith(WorkerMain.LIVE)) {
            live.complete(Long.parseLong(line.substring(WorkerMain.LIVE.length())));
        } else {
            WorkerState.parse(line).ifPresent(now -> state = now);
        }
    }

    /** Bytes of its heap without garbage, which it collects for that. Once. */
    long live() throws IOException, InterruptedException {
        process.tell("how much");
        try {
            return live.get(READY_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the worker does not say what it holds", e);
        }
    }

    /** What it said last of itself. */
    WorkerState state() {
        return state;
    }

    Duration cpu() throws IOException {
        return process.cpu();
    }

    Optional<ResidentMemory> memory() {
        return ResidentMemory.of(process.pid());
    }

    @Override
    public void close() {
        process.close();
    }
}
