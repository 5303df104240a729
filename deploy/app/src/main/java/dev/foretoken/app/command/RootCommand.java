package dev.foretoken.app.command;

import dev.foretoken.app.command.batch.BatchCommand;
import dev.foretoken.app.command.models.ModelsCommand;
import dev.foretoken.app.command.routes.RoutesCommand;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorKind;
import dev.foretoken.contract.ForetokenException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code foretoken}: lists its commands; errors are one sentence on standard error. */
@Command(
        name = "foretoken",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Serves language models.",
        subcommands = {
            ServeCommand.class,
            RunCommand.class,
            ChatCommand.class,
            RecipeCommand.class,
            ModelsCommand.class,
            KeysCommand.class,
            RolloutsCommand.class,
            RoutesCommand.class,
            BatchCommand.class
        },
        footer = {
            "",
            "From a checkout, ./foretoken bench and ./foretoken eval measure a server; each has its own --help.",
        })
public final class RootCommand implements Runnable {

    private static final int WRONG_USE = 2;

    /** Runs the command that {@code args} name and returns its exit status. */
    public static int execute(String... args) {
        return new CommandLine(new RootCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> report(e))
                .execute(args);
    }

    private static int report(Exception e) throws Exception {
        if (e instanceof ForetokenException known) {
            System.err.println("foretoken: " + known.getMessage());
            return known.code().kind() == ErrorKind.INTERNAL ? 1 : WRONG_USE;
        }
        throw e;
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
