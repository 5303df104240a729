package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The built app in a JVM of its own, started as the launcher does. */
public final class ServerProcess implements AutoCloseable {

    private static final Duration READY_WITHIN = Duration.ofMinutes(3);
    private static final Duration EXIT_WITHIN = Duration.ofMinutes(3);
    private static final int SHOWN_LINES = 40;
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final String TEMPORARY = "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir");
    /** Beside those of the launcher. Most processes here end before C2 has paid for itself; with {@code -Psoak} they run as users run them. */
    private static final List<String> FLAGS =
            SOAK ? List.of("-Xmx512m", TEMPORARY) : List.of("-Xmx512m", TEMPORARY, "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final List<String> arguments;
    private final ServerOutput out;
    private final ServerOutput err;
    private final Thread killer;
    private volatile boolean killed;

    private ServerProcess(Process process, List<String> arguments) {
        this.process = process;
        this.arguments = arguments;
        this.out = new ServerOutput(process.getInputStream(), this::signal);
        this.err = new ServerOutput(process.getErrorStream(), this::signal);
        this.killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        process.onExit().thenRun(this::signal);
    }

    /** Starts the app and returns at once. Its standard input is empty. */
    public static ServerProcess launch(List<String> arguments, Map<String, String> environment) {
        ServerProcess started = launchInteractive(arguments, environment);
        started.endInput();
        return started;
    }

    /** As {@link #launch(List, Map)}, with standard input open for {@link #type}. */
    public static ServerProcess launchInteractive(List<String> arguments, Map<String, String> environment) {
        return start(SOAK ? List.of() : ClassArchive.flags(), arguments, environment);
    }

    /** @param flags of Java, beside those of the launcher and of these tests */
    static ServerProcess start(List<String> flags, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(Checkout.javaFlags());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.addAll(List.of("-jar", Checkout.app().toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(Checkout.root().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FORETOKEN_"));
        builder.environment().put("FORETOKEN_HOME", Checkout.scratchHome().toString());
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(builder.start(), arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ServerProcess launch(String... arguments) {
        return launch(List.of(arguments), Map.of());
    }

    private synchronized void signal() {
        notifyAll();
    }

    /** Waits for the ready line; fails with the process's last output when it ends instead or takes too long. */
    public synchronized Endpoints awaitReady() {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        while (true) {
            var ready = out.lines().stream().filter(Endpoints::isReadyLine).findFirst();
            if (ready.isPresent()) {
                return Endpoints.parse(ready.get());
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0 || !process.isAlive()) {
                throw failure(process.isAlive() ? "not ready after " + READY_WITHIN.toSeconds() + " s" : "it ended");
            }
            pause(left);
        }
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + this, e);
        }
    }

    /** Writes a line to its standard input. */
    public void type(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Lines written to standard output so far. */
    public List<String> out() {
        return out.lines();
    }

    /** Lines written to standard error so far. */
    public List<String> err() {
        return err.lines();
    }

    /** Asks it to stop, as a container engine does (SIGTERM). */
    public void terminate() {
        process.destroy();
    }

    /** Ends it without giving it a chance to do anything (SIGKILL), and waits until it is gone. */
    public void kill() {
        killed = true;
        process.destroyForcibly();
        awaitExit();
    }

    /** Whether this test has killed it, or is about to. */
    public boolean isKilled() {
        return killed;
    }

    /** Stops it where it is, with its connections open (SIGSTOP). */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen one go on (SIGCONT). */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " " + pid() + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: kill -" + name + " " + this, e);
        }
    }

    /** Waits for the process's end and all of its output; returns the exit code. */
    public int awaitExit() {
        try {
            if (!process.waitFor(EXIT_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failure("still running after " + EXIT_WITHIN.toSeconds() + " s");
            }
            out.awaitEnd();
            err.awaitEnd();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + this, e);
        }
    }

    private AssertionError failure(String problem) {
        List<String> all = new ArrayList<>(out.lines());
        all.addAll(err.lines());
        List<String> last = all.subList(Math.max(0, all.size() - SHOWN_LINES), all.size());
        String code = process.isAlive() ? "" : " (exit code " + process.exitValue() + ")";
        return new AssertionError(this + ": " + problem + code + ". Its last output:\n" + String.join("\n", last));
    }

    /** Stops it if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        Runtime.getRuntime().removeShutdownHook(killer);
    }

    @Override
    public String toString() {
        return "foretoken " + String.join(" ", arguments) + " [" + process.pid() + "]";
    }
}
