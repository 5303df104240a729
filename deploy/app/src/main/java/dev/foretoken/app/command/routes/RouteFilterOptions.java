package dev.foretoken.app.command.routes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which decisions are asked for. */
final class RouteFilterOptions {

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Only decisions about this model, by its public name.")
    @Nullable
    String model;

    @Option(names = "--endpoint", paramLabel = "NAME", description = "Only where this pod was chosen.")
    @Nullable
    String endpoint;

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            description = "Only with this outcome: sent (the chosen pod took the request) or refused.")
    @Nullable
    String outcome;

    /** With a leading {@code &} where it is not empty. */
    String query() {
        return parameter("model", model) + parameter("endpoint", endpoint) + parameter("outcome", outcome);
    }

    private static String parameter(String name, @Nullable String value) {
        return value == null ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
