package dev.foretoken.app.command;

import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeWorkshop;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Looks at recipes, and computes what they need. */
@Command(
        name = "recipe",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Looks at recipes: small files that turn a model into a variant which shares its weights. See src/docs/recipes.md.",
        subcommands = {RecipeShowCommand.class, RecipeBuildCommand.class, RecipeHeadsCommand.class})
final class RecipeCommand implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    static RecipeWorkshop workshop() {
        return ServiceLoader.load(RecipeWorkshop.class)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID, "no runtime of this installation knows recipes"));
    }

    static ModelSource source(String recipe) {
        return ModelLocation.ofProcess().source(ModelMount.parse(recipe));
    }
}
