package dev.foretoken.app.config;

import java.time.Duration;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of {@code serve}. Each can also be set by an environment variable, {@code FORETOKEN_} and its name in capitals. */
@Command(name = "serve")
public final class ServeOptions {

    @Option(
            names = "--model",
            paramLabel = "NAME=PATH",
            split = ",",
            defaultValue = "${env:FORETOKEN_MODEL:-" + ModelLocation.DEMO + "}",
            description =
                    "A Hugging Face checkpoint directory to serve under NAME; repeatable. Default: the demo model.")
    List<String> models = List.of();

    @Option(
            names = "--host",
            defaultValue = "${env:FORETOKEN_HOST:-127.0.0.1}",
            description =
                    "Address to listen on; any but a loopback address needs --api-key. Default: ${DEFAULT-VALUE}.")
    String host = "127.0.0.1";

    @Option(
            names = "--port",
            defaultValue = "${env:FORETOKEN_PORT:-8080}",
            description = "HTTP port; 0 = any free one. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(
            names = "--grpc-port",
            defaultValue = "${env:FORETOKEN_GRPC_PORT:-9090}",
            description = "gRPC port. Default: ${DEFAULT-VALUE}.")
    int grpcPort;

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            split = ",",
            defaultValue = "${env:FORETOKEN_API_KEY}",
            description =
                    "Key that callers must present as a bearer token; repeatable. Better set by FORETOKEN_API_KEY.")
    List<String> apiKeys = List.of();

    @Option(
            names = "--role",
            defaultValue = "${env:FORETOKEN_ROLE:-all}",
            description = "all, gateway or runtime. Default: ${DEFAULT-VALUE}.")
    Role role = Role.ALL;

    @Option(
            names = "--pod",
            paramLabel = "HOST:PORT",
            split = ",",
            defaultValue = "${env:FORETOKEN_POD}",
            description = "Runtime pod of a gateway; repeatable.")
    List<String> pods = List.of();

    @Option(
            names = "--pod-port",
            defaultValue = "${env:FORETOKEN_POD_PORT:-9091}",
            description = "Internal gRPC port of role runtime. Default: ${DEFAULT-VALUE}.")
    int podPort;

    @Option(
            names = "--pod-credential",
            paramLabel = "SECRET",
            defaultValue = "${env:FORETOKEN_POD_CREDENTIAL:-}",
            description =
                    "Shared by gateways and pods; at least 16 characters. Better set by FORETOKEN_POD_CREDENTIAL.")
    String podCredential = "";

    @Option(
            names = "--drain-seconds",
            defaultValue = "${env:FORETOKEN_DRAIN_SECONDS:-25}",
            description = "How long running requests may finish after SIGTERM. Default: ${DEFAULT-VALUE}.")
    long drainSeconds;

    @Mixin
    EngineOptions engine = new EngineOptions();

    /** Reads the arguments of a process that was started with {@code serve}. */
    public static AppConfig parse(String... args) {
        ServeOptions options = new ServeOptions();
        CommandLine line = new CommandLine(options).setCaseInsensitiveEnumValuesAllowed(true);
        line.parseArgs(
                args.length > 0 && args[0].equals("serve") ? java.util.Arrays.copyOfRange(args, 1, args.length) : args);
        return options.config();
    }

    public AppConfig config() {
        return new AppConfig(
                role,
                new Ports(host, port, grpcPort, podPort),
                models.stream().map(ModelMount::parse).toList(),
                pods.stream().map(PodAddress::parse).toList(),
                apiKeys,
                podCredential,
                engine.settings(),
                Duration.ofSeconds(drainSeconds));
    }
}
