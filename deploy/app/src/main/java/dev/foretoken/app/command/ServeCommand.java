package dev.foretoken.app.command;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.BatchUse;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.config.ServeOptions;
import dev.foretoken.app.serve.Launch;
import dev.foretoken.app.serve.ServeApplication;
import dev.foretoken.app.terminal.ProductVersion;
import io.quarkus.runtime.Quarkus;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Starts the server and waits for its end. What can be refused is refused before the web framework starts. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Serves models over HTTP and gRPC until stopped.",
        sortOptions = false)
final class ServeCommand implements Callable<Integer> {

    private static final int FAILED = 1;
    private static final String EVENT_LOOPS = "quarkus.vertx.event-loops-pool-size";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ServeOptions options = new ServeOptions();

    @Override
    public Integer call() {
        AppConfig config = options.config(System.getenv());
        BatchUse.require(spec.commandLine().getParseResult(), config);
        ModelLocation locations = ModelLocation.ofProcess();
        config.models().forEach(locations::source);
        ServeApplication.check(config);
        System.setProperty("quarkus.http.host", config.ports().host());
        System.setProperty("quarkus.http.port", Integer.toString(config.ports().http()));
        System.setProperty(
                "quarkus.http.limits.max-connections",
                Integer.toString(config.http().maxConnections()));
        setEventLoops(config.role());
        Launch.with(config);
        AtomicInteger status = new AtomicInteger();
        Quarkus.run(
                ServeApplication.class,
                (code, failure) -> status.set(failure == null ? code : explain(failure, config)));
        return status.get();
    }

    /** A gateway's loops never wait, and move both ends of its streams: more of them than processors would but take turns. */
    private static void setEventLoops(Role role) {
        if (role == Role.GATEWAY && System.getProperty(EVENT_LOOPS) == null) {
            System.setProperty(
                    EVENT_LOOPS, Integer.toString(Runtime.getRuntime().availableProcessors()));
        }
    }

    private static int explain(Throwable failure, AppConfig config) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof java.net.BindException) {
            System.err.println("foretoken: cannot listen on " + config.ports().host() + ":"
                    + config.ports().http() + " (" + root.getMessage() + "); choose another --port");
        } else {
            System.err.println("foretoken: the server did not start: " + root.getMessage());
        }
        return FAILED;
    }
}
