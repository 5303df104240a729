package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.model.ServedModel;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a person reads once the server answers; its last line, starting with {@code ready}, is for programs. */
record Announcement(List<String> lines) {

    /** More would hide what was served. */
    private static final int MOST_EXAMPLES = 8;

    private static final String ADMIN_CLOSED =
            "admin port closed; --admin-key-file FILE or FORETOKEN_ADMIN_KEY opens it, for changes of the registry, decisions and rollouts";

    Announcement {
        lines = List.copyOf(lines);
    }

    static Announcement of(AppConfig config, ServerParts parts, Gateway gateway, int httpPort, OptionalInt adminPort) {
        String host = config.ports().host();
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host;
        String scheme = gateway.tls().isPresent() ? "https" : "http";
        String url = url(scheme, host, httpPort);
        StringBuilder ready = new StringBuilder("ready http=").append(url);
        parts.grpcPort()
                .ifPresent(
                        port -> ready.append(" grpc=").append(shown).append(':').append(port));
        parts.podPort()
                .ifPresent(
                        port -> ready.append(" pod=").append(shown).append(':').append(port));
        parts.pickerPort()
                .ifPresent(port ->
                        ready.append(" picker=").append(shown).append(':').append(port));
        adminPort.ifPresent(port -> ready.append(" admin=")
                .append(url(scheme, config.admin().orElseThrow().host(), port)));
        List<String> lines = new ArrayList<>();
        List<ModelExample> models = gateway.catalog().all().stream()
                .map(model -> example(model, gateway))
                .toList();
        models.forEach(model -> lines.add(model.facts()));
        if (config.role().hasEdge() && !models.isEmpty()) {
            lines.add("try:");
            models.stream()
                    .limit(MOST_EXAMPLES)
                    .forEach(model -> lines.add(model.curl(
                            url,
                            !config.apiKeys().isEmpty() || config.identities().any())));
        }
        if (config.hasRegistry() && adminPort.isEmpty()) {
            lines.add(ADMIN_CLOSED);
        }
        lines.add(ready.toString());
        return new Announcement(lines);
    }

    private static String url(String scheme, String host, int port) {
        String shown = host.equals("0.0.0.0") ? "127.0.0.1" : host;
        return scheme + "://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + port;
    }

    private static ModelExample example(ServedModel model, Gateway gateway) {
        return new ModelExample(
                model.publicName(), model.info(), model.tokenizer().isPresent(), signature(model, gateway));
    }

    /** What cannot be told now is not worth waiting for. */
    private static Optional<TensorSignature> signature(ServedModel model, Gateway gateway) {
        if (!model.isReady()
                || model.info().filter(info -> info.can(ModelTask.TENSOR)).isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(gateway.inferences().signature(model));
        } catch (ForetokenException e) {
            return Optional.empty();
        }
    }

    void print(PrintStream out) {
        lines.forEach(out::println);
        out.flush();
    }
}
