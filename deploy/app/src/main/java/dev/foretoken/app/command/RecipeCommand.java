package dev.foretoken.app.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks at recipes. */
@Command(
        name = "recipe",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        description = "Looks at recipes: small files that turn a model into a variant which shares its weights. See src/docs/recipes.md.",
        subcommands = RecipeShowCommand.class)
final class RecipeCommand implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
