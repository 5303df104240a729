package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code foretoken models}: lists what can be done with the registry. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Keeps models: immutable versions, variants that were built and measured, aliases that point at them. See src/docs/registry.md.",
        footer = {
            "",
            "A model is named toy (its newest version), toy:prod (an alias), toy@3 (version 3) or toy@3/q4 (a variant of it).",
        },
        subcommands = {
            ImportCommand.class,
            PullCommand.class,
            PushCommand.class,
            BuildCommand.class,
            JobsCommand.class,
            MeasureCommand.class,
            ListCommand.class,
            ShowCommand.class,
            CompareCommand.class,
            AliasCommand.class,
            AssignCommand.class,
            AssignmentsCommand.class,
            GateCommand.class,
            VerifyCommand.class,
            GcCommand.class,
            SignCommand.class,
            RemoveCommand.class,
        })
public final class ModelsCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
