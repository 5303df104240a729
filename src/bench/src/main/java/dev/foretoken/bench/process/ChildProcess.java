package dev.foretoken.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A Java process with the flags of this one. What it writes to standard error comes out here. Thread-safe. */
public final class ChildProcess implements AutoCloseable {

    private static final Duration EXIT_WITHIN = Duration.ofSeconds(20);

    private final Process process;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    /**
     * Starts it.
     *
     * @param readyPrefix how the line begins that says it is ready
     * @param lines gets every other line of its standard output, on a thread of their own
     */
    public ChildProcess(List<String> flags, List<String> arguments, String readyPrefix, Consumer<String> lines)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-XX:StartFlightRecording"))
                .toList());
        command.addAll(flags);
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread.ofPlatform().daemon().name("output of " + process.pid()).start(() -> read(readyPrefix, lines));
    }

    private void read(String readyPrefix, Consumer<String> lines) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (!ready.isDone() && line.startsWith(readyPrefix)) {
                    ready.complete(line);
                } else {
                    lines.accept(line);
                }
            }
            ready.completeExceptionally(new IOException("it ended before it was ready"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    /** The line by which it said that it is ready. */
    public String awaitReady(Duration limit) throws IOException, InterruptedException {
        try {
            return ready.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IOException("process " + process.info().commandLine().orElse("") + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "process " + process.info().commandLine().orElse("") + " is not ready after " + limit.toSeconds()
                            + " s",
                    e);
        }
    }

    /** User and system time of all its threads so far, in steps of 10 ms. */
    public Duration cpu() throws IOException {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException("the system does not tell the processor time of " + process.pid()));
    }

    /** Writes a line to its standard input. */
    public void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    public long pid() {
        return process.pid();
    }

    /** Ends it, first kindly. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            process.destroy();
            if (!process.waitFor(EXIT_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
