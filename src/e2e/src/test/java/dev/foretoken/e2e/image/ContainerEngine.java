package dev.foretoken.e2e.image;

import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The command line of podman or docker, which take the same words. */
record ContainerEngine(String command) {

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

    /** Runs it from the root of the checkout, to its end. Exit code 127 where it is not installed. */
    Outcome run(List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(Checkout.root().toFile()).redirectErrorStream(true);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new Outcome(127, e.toString());
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + words, e);
        }
    }
}
