package dev.foretoken.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.runtime.RecipeReport;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a recipe saves. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Shows what every operation of a recipe does to its base, and what the variant needs beside what the base needs.",
        footer = {"", "Speed is measured by: foretoken bench recipe --model RECIPE"},
        sortOptions = false)
final class RecipeShowCommand implements Callable<Integer> {

    private static final double MEGA = 1e6;
    private static final double KILO = 1e3;

    @Parameters(
            paramLabel = "RECIPE",
            description = "A recipe's *.json file, or the folder that holds its recipe.json.")
    private String recipe = "";

    @Option(names = "--json", description = "As JSON, in bytes.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        RecipeReport report = RecipeCommand.workshop().inspect(RecipeCommand.source(recipe));
        if (json) {
            System.out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(report));
        } else {
            print(report, System.out);
        }
        return 0;
    }

    static void print(RecipeReport report, PrintStream out) {
        for (RecipeReport.Step step : report.steps()) {
            out.printf("%-10s %s%n", step.operation(), step.did());
        }
        out.println();
        out.printf("%-24s %12s %12s %8s%n", "", "base", "variant", "ratio");
        row(out, "weights, MB", report.base().weightBytes(), report.variant().weightBytes(), MEGA);
        row(
                out,
                "K and V, kB per token",
                report.base().kvBytesPerToken(),
                report.variant().kvBytesPerToken(),
                KILO);
        if (report.base().stateBytes() > 0) {
            row(
                    out,
                    "state, MB per sequence",
                    report.base().stateBytes(),
                    report.variant().stateBytes(),
                    MEGA);
        }
        out.printf(Locale.ROOT, "%-24s %12s %12.3f%n", "new tensors, MB", "", report.ownBytes() / MEGA);
    }

    private static void row(PrintStream out, String what, long base, long variant, double unit) {
        String ratio = base == 0 ? "" : String.format(Locale.ROOT, "%.3f", (double) variant / base);
        out.printf(Locale.ROOT, "%-24s %12.3f %12.3f %8s%n", what, base / unit, variant / unit, ratio);
    }
}
