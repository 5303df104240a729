package dev.foretoken.app.command.batch;

import dev.foretoken.app.terminal.ProductVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code foretoken batch}: lists what can be done with batches. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Sends files of requests to servers over Kafka, and collects the answers.",
        footer = {
            "",
            "A server takes part with ./foretoken serve --batch-brokers HOST:PORT. See src/docs/batch-topics.md.",
        },
        subcommands = {SubmitCommand.class, StatusCommand.class})
public final class BatchCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
