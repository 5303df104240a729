package dev.foretoken.e2e.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code foretoken models} on a registry of its own. */
record Cli(Path home) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a command printed and its exit code. */
    record Result(int code, String out, String err) {}

    Result run(String... arguments) {
        try (ServerProcess process = start(arguments)) {
            int code = process.awaitExit();
            return new Result(code, String.join("\n", process.out()), String.join("\n", process.err()));
        }
    }

    /** What it printed with {@code --json}; fails unless it succeeds. */
    JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Result result = run(all.toArray(String[]::new));
        if (result.code() != 0) {
            throw new AssertionError("models " + String.join(" ", arguments) + ": " + result);
        }
        try {
            return JSON.readTree(result.out());
        } catch (IOException e) {
            throw new UncheckedIOException(result.out(), e);
        }
    }

    ServerProcess start(String... arguments) {
        List<String> all = new ArrayList<>(List.of("models"));
        all.addAll(List.of(arguments));
        return ServerProcess.launch(all, environment());
    }

    Map<String, String> environment() {
        return Map.of("FORETOKEN_HOME", home.toString());
    }
}
