package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.RecipeReport;
import dev.foretoken.contract.runtime.RecipeWorkshop;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what a recipe saves. */
@Command(
        name = "recipe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures a recipe against its base: bytes of weights, of K and V, and the speed of both, in turns.",
        footer = {"", "Example: bench recipe --model recipes/short.json --prompt 512 --generate 64 --json short.json"})
public final class RecipeCommand implements Callable<Integer> {
    private static final String BASE = "base";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "RECIPE", description = "A recipe's file or folder.")
    private Path recipe = Path.of("");

    @Option(names = "--batch", defaultValue = "1", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--repeat", defaultValue = "5", description = "Counted runs of each (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Mixin
    private PairOptions pair = new PairOptions();

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (repeat < 1 || runtime.rehearses() || !RecipeFile.isAt(recipe)) {
            throw refused("--model %s --repeat %d; expected a recipe, at least 1, and no rehearsed drafts"
                    .formatted(recipe, repeat));
        }
        SavingReport report = measured();
        result.show(spec, SavingTable.render(report), report);
        return 0;
    }

    private SavingReport measured() throws InterruptedException {
        Provenance provenance = result.provenance(spec);
        RecipeReport stored = workshop().inspect(LocalEngine.source(recipe.toString()));
        RecipeFile innermost = innermost();
        // The recipe first: it would not count rows that it reads in the base's memory.
        try (LocalEngine engine = LocalEngine.open(recipe.toString(), runtime, batch)) {
            String location = innermost.basePath().map(Path::toString).orElse(innermost.base());
            ModelInfo base = engine.loadBeside(BASE, location, runtime);
            BatchSpec one = pair.batchOf(batch);
            PairSeries.Result found = PairSeries.of(engine, "recipe", one.withModel(BASE), one, repeat);
            return new SavingReport(
                    SavingReport.SCHEMA,
                    provenance,
                    recipe.toString(),
                    innermost.base(),
                    stored,
                    batch,
                    one.prompt(),
                    one.generate(),
                    base.heldAs(),
                    engine.model().heldAs(),
                    found.base(),
                    found.changed(),
                    found.prefillShare(),
                    found.decodeShare(),
                    found.memory());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /** The one whose base is none. */
    private RecipeFile innermost() {
        RecipeFile.checkpointOf(recipe);
        RecipeFile file = RecipeFile.read(recipe);
        for (Optional<Path> base = file.basePath();
                base.isPresent() && RecipeFile.isAt(base.get());
                base = file.basePath()) {
            file = RecipeFile.read(base.get());
        }
        return file;
    }

    private static RecipeWorkshop workshop() {
        return ServiceLoader.load(RecipeWorkshop.class).findFirst().orElseThrow();
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
