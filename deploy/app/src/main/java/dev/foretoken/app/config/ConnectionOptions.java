package dev.foretoken.app.config;

import dev.foretoken.gateway.HttpLimits;
import picocli.CommandLine.Option;

/** Options about connections of callers. */
public final class ConnectionOptions {

    @Option(
            names = "--max-connections",
            paramLabel = "COUNT",
            defaultValue = "${env:FORETOKEN_MAX_CONNECTIONS:-8192}",
            description =
                    "Connections of callers open at once, so many of HTTP and so many of gRPC; more are closed as they come. Below the process's limit of open files. Default: ${DEFAULT-VALUE}.")
    int maxConnections = HttpLimits.DEFAULT.maxConnections();

    HttpLimits limits() {
        return HttpLimits.DEFAULT.withMaxConnections(maxConnections);
    }
}
