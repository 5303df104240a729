package dev.foretoken.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.app.terminal.ProductVersion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds heads for {@code alias-heads}. */
@Command(
        name = "heads",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Finds the attention heads that are most like heads of lower blocks, and prints the operation that lets them share weights.",
        footer = {"", "Example: foretoken recipe heads demo --share 0.25"},
        sortOptions = false)
final class RecipeHeadsCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "MODEL",
            description = "A checkpoint's folder or file, a recipe, or the name of a built-in model.")
    private String model = "";

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            defaultValue = "0.3",
            description = "Of all heads, those that are to read others (default: ${DEFAULT-VALUE}).")
    private double share;

    @Override
    public Integer call() throws JsonProcessingException {
        List<List<Integer>> aliases = RecipeCommand.workshop().alikeHeads(RecipeCommand.source(model), share);
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("op", "alias-heads");
        operation.put("aliases", aliases);
        System.out.println(new ObjectMapper().writeValueAsString(operation));
        return 0;
    }
}
