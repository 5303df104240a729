package dev.foretoken.app.command;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Computes the tensors that only a recipe has. */
@Command(
        name = "build",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Computes the tensors that only the variant has, from those of the base, and writes them into the file that the recipe names.",
        sortOptions = false)
final class RecipeBuildCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "RECIPE",
            description = "A recipe's *.json file, or the folder that holds its recipe.json.")
    private String recipe = "";

    @Override
    public Integer call() {
        int made;
        try (ProgressBar progress = ProgressBar.onStderr()) {
            made = RecipeCommand.workshop().build(RecipeCommand.source(recipe), progress);
        }
        System.out.println(made == 0 ? "this recipe needs no new tensors" : "made " + made + " tensors");
        return 0;
    }
}
