package dev.foretoken.e2e.compose;

import dev.foretoken.gateway.tenant.KeyHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What {@code deploy/compose/make-secrets} makes. Its keys come from a program that stands in for the launcher, which would be built first. */
public record MadeSecrets(Path folder) {

    /** Each run of the program prints the next key and its hash. */
    private static final int KEYS = 8;

    public record Run(int exitCode, String output) {}

    /** @param in a folder of the test */
    public static MadeSecrets in(Path in) {
        MadeSecrets made = new MadeSecrets(in.resolve("secrets"));
        Run run = made.make();
        if (run.exitCode() != 0) {
            throw new AssertionError(run.output());
        }
        return made;
    }

    Run make() {
        try {
            Path keys = folder.resolveSibling("keys");
            for (int i = 0; i < KEYS; i++) {
                String key = KeyHash.newKey(new SecureRandom());
                String hash = KeyHash.of(key, new SecureRandom()).text();
                Files.writeString(Files.createDirectories(keys).resolve(i + ".key"), key + "\n" + hash + "\n");
            }
            Path launcher = folder.resolveSibling("launcher");
            Files.writeString(launcher, """
                    #!/bin/sh
                    [ "$*" = "keys create" ] || exit 2
                    next=$(ls %1$s/*.key | head -1)
                    cat "$next"
                    rm "$next"
                    """.formatted(keys));
            Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
            return run(launcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Run run(Path launcher) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        ComposeFile.folder().resolve("make-secrets").toString(), folder.toString())
                .redirectErrorStream(true);
        builder.environment().put("FORETOKEN", launcher.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("make-secrets did not end: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while make-secrets ran", e);
        }
        return new Run(process.exitValue(), output);
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public String line(String name) {
        try {
            return Files.readString(file(name)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The variables that the files of the service's {@code env_file} set. */
    public Map<String, String> variables(ComposeService service) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String path : service.list("env_file")) {
            line(ComposeFile.secret(path)).lines().forEach(line -> {
                int equals = line.indexOf('=');
                variables.put(line.substring(0, equals), line.substring(equals + 1));
            });
        }
        return variables;
    }
}
