package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checkout under test: where the built app and the conformance checkpoints are, and how the launcher starts Java. */
public final class Checkout {

    private static final Path ROOT = Path.of(System.getProperty("foretoken.root", "../.."))
            .toAbsolutePath()
            .normalize();
    private static final Pattern LAUNCHER_FLAGS =
            Pattern.compile("^flags=\\((.*?)\\)$", Pattern.MULTILINE | Pattern.DOTALL);

    private Checkout() {}

    public static Path root() {
        return ROOT;
    }

    public static Path checkpoints() {
        return ROOT.resolve("src/models/conformance");
    }

    public static Path checkpoint(String name) {
        return checkpoints().resolve(name);
    }

    /** Where processes keep what they keep by default; empty at first, shared by the tests of one run. */
    static Path scratchHome() {
        return ROOT.resolve("src/e2e/target/home-" + ProcessHandle.current().pid());
    }

    static Path app() {
        Path jar = ROOT.resolve("deploy/app/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new AssertionError(
                    jar + " is missing; build it first: ./mvnw package -DskipTests -pl deploy/app -am");
        }
        return jar;
    }

    /** The Java flags of the launcher script, so that the tests run what users run. */
    public static List<String> javaFlags() {
        try {
            Matcher flags = LAUNCHER_FLAGS.matcher(Files.readString(ROOT.resolve("foretoken")));
            if (!flags.find()) {
                throw new AssertionError("the launcher has no line 'flags=(...)'");
            }
            return Arrays.stream(flags.group(1).split("\\s+"))
                    .map(flag -> flag.replace("\"", "").replace("$home", ROOT.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
