package dev.foretoken.bench.report;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Asks git which commit the checkout is at that the running code was built in, wherever it was started. */
final class Checkout {
    static final String UNKNOWN = "unknown";

    private static final int DEADLINE_SECONDS = 5;

    private Checkout() {}

    static String commit() {
        return commit(home());
    }

    static String commit(Path folder) {
        String head = git(folder, "rev-parse", "--short=12", "HEAD");
        if (head.equals(UNKNOWN)) {
            return head;
        }
        return git(folder, "status", "--porcelain", "--untracked-files=no").isEmpty() ? head : head + "+changes";
    }

    /** The folder of this class's jar, or of all classes where there is none. */
    static Path home() {
        try {
            Path code = Path.of(Checkout.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return Files.isDirectory(code) ? code : code.resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of this class is no URI", e);
        }
    }

    private static String git(Path folder, String... arguments) {
        List<String> command =
                Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? output : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
