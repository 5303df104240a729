package dev.foretoken.app.command.routes;

import dev.foretoken.app.terminal.ProductVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code foretoken routes}: lists what can be done with decisions. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Shows where a running server sent its requests and why, records that, and tries other policies on what was recorded.",
        footer = {
            "",
            "An answer names its decision in the header x-foretoken-route. See src/docs/cluster-scaling.md.",
        },
        subcommands = {ListCommand.class, ShowCommand.class, RecordCommand.class, ReplayCommand.class})
public final class RoutesCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
