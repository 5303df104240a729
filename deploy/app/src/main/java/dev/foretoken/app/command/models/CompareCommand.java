package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.RegistryJson;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.picture.ParetoChart;
import dev.foretoken.registry.picture.TextChart;
import dev.foretoken.registry.picture.Tradeoff;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The variants of one version side by side. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Compares the variants of a version: a table of what was measured, and which of them nothing beats in both size and perplexity.",
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {

    @Parameters(paramLabel = "MODEL", description = "toy (its newest version), toy@3 or toy:prod.")
    private String name = "";

    @Option(
            names = "--across",
            paramLabel = "COST",
            defaultValue = "SIZE",
            description = "What the picture shows across: ${COMPLETION-CANDIDATES}. Default: size.")
    private Cost across = Cost.SIZE;

    @Option(names = "--svg", paramLabel = "FILE", description = "Writes the picture into FILE.")
    @Nullable
    private Path svg;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Reference reference = Reference.parse(name);
        try (Registry registry = access.open()) {
            VariantRef ref = registry.resolve(reference);
            List<VariantDetail> variants = registry.candidates(ref.model(), ref.version());
            Optional<Tradeoff> picture = across.tradeoff(ref.model() + "@" + ref.version(), variants);
            write(picture);
            access.print(
                    () -> RegistryJson.list("variants", variants, VariantJson::of),
                    out -> print(variants, picture, out));
        }
        return 0;
    }

    private static void print(List<VariantDetail> variants, Optional<Tradeoff> picture, PrintStream out) {
        ComparisonText.print(variants, out);
        picture.ifPresent(drawn -> {
            out.println();
            TextChart.lines(drawn).forEach(out::println);
        });
    }

    private void write(Optional<Tradeoff> picture) {
        if (svg == null) {
            return;
        }
        Tradeoff drawn = picture.orElseThrow(() -> new ForetokenException(
                ErrorCode.INVALID_REQUEST,
                "there is nothing to draw: no variant was measured; build one, or measure with models measure"));
        try {
            Files.writeString(svg, ParetoChart.svg(drawn));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "--svg=" + svg + " cannot be written (" + e.getMessage() + ")", e);
        }
    }
}
