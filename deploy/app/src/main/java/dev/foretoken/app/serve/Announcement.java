package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.gateway.Gateway;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;

/** What a person reads once the server answers; its last line, starting with {@code ready}, is for programs. */
record Announcement(List<String> lines) {

    Announcement {
        lines = List.copyOf(lines);
    }

    static Announcement of(AppConfig config, ServerParts parts, Gateway gateway, int httpPort, OptionalInt adminPort) {
        String host = config.ports().host();
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host;
        String url = url(host, httpPort);
        StringBuilder ready = new StringBuilder("ready http=").append(url);
        parts.grpcPort()
                .ifPresent(
                        port -> ready.append(" grpc=").append(shown).append(':').append(port));
        parts.podPort()
                .ifPresent(
                        port -> ready.append(" pod=").append(shown).append(':').append(port));
        adminPort.ifPresent(
                port -> ready.append(" admin=").append(url(config.admin().host(), port)));
        List<String> lines = new java.util.ArrayList<>();
        gateway.catalog()
                .all()
                .forEach(model -> lines.add("serving " + model.name()
                        + model.info().map(Announcement::facts).orElse(" (its pod has not answered yet)")));
        if (config.role().hasEdge()) {
            lines.add("try:");
            lines.add(curl(url, example(config), !config.apiKeys().isEmpty()));
        }
        lines.add(ready.toString());
        return new Announcement(lines);
    }

    private static String url(String host, int port) {
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host;
        return "http://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + port;
    }

    private static String example(AppConfig config) {
        return config.models().stream()
                .map(ModelMount::name)
                .findFirst()
                .orElseGet(() -> config.offered().mounts().getFirst().toString());
    }

    private static String facts(ModelInfo info) {
        HeldAs held = info.heldAs();
        if (info.state() != ModelState.READY) {
            return " (" + info.contextTokens() + " tokens of context, loaded when it is asked for)";
        }
        return " (" + info.contextTokens() + " tokens of context, " + info.runtime() + " runtime"
                + (held.weights().isEmpty() ? "" : ", weights " + held.weights())
                + (held.kvCache().isEmpty() ? "" : ", cache " + held.kvCache())
                + ")";
    }

    private static String curl(String url, String model, boolean needsKey) {
        return "  curl -N " + url + "/v1/completions -H 'Content-Type: application/json'"
                + (needsKey ? " -H \"Authorization: Bearer $FORETOKEN_API_KEY\"" : "")
                + " \\\n    -d '{\"model\":\"" + model
                + "\",\"prompt\":\"Once upon a time\",\"max_tokens\":64,\"stream\":true}'";
    }

    void print(PrintStream out) {
        lines.forEach(out::println);
        out.flush();
    }
}
