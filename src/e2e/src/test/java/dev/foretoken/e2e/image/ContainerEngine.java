package dev.foretoken.e2e.image;

import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The command line of podman or docker, which take the same words. It builds, which a client of the engine's interface cannot do as well. */
record ContainerEngine(String command) {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** @param output standard output and standard error together */
    record Outcome(int exitCode, String output) {

        /** The output of what must succeed. */
        String orFail() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + ":\n" + output);
            }
            return output;
        }

        String lastLine() {
            return output.strip().lines().reduce("", (before, line) -> line);
        }
    }

    /** The first that is installed and can reach its images. */
    static Optional<ContainerEngine> find() {
        return Stream.of("podman", "docker")
                .map(ContainerEngine::new)
                .filter(engine -> engine.run("images").exitCode() == 0)
                .findFirst();
    }

    Outcome run(String... arguments) {
        return run(List.of(arguments));
    }

    Outcome run(List<String> arguments) {
        return run(PATIENCE, arguments);
    }

    /** Runs it from the root of the checkout, to its end, or kills it when that does not come in time. Exit code 127 where it is not installed. */
    Outcome run(Duration patience, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(arguments);
        Path said = null;
        try {
            said = Files.createTempFile("engine", ".log");
            return outcome(words, said, patience);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(said);
        }
    }

    private static Outcome outcome(List<String> words, Path said, Duration patience) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(words)
                    .directory(Checkout.root().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        } catch (IOException e) {
            return new Outcome(127, e.toString());
        }
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError(
                        words + " did not end within " + patience.toSeconds() + " s:\n" + Files.readString(said));
            }
            return new Outcome(process.exitValue(), Files.readString(said));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new AssertionError("interrupted while waiting for " + words, e);
        }
    }

    private static void delete(@Nullable Path said) {
        try {
            if (said != null) {
                Files.delete(said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
