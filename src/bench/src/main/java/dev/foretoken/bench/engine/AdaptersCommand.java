package dev.foretoken.bench.engine;

import dev.foretoken.bench.checkpoint.AdapterFolder;
import dev.foretoken.bench.process.WorkFolder;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.runtime.AdapterLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what LoRA adapters cost the engine in this process. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures a batch whose sequences use different random LoRA adapters on every linear map against the same batch",
            "without adapters, in turns."
        },
        footer = {"", "Example: bench adapters --shape llama-1.1b --weights q8_0 --batch 32 --adapters 8 --rank 16"})
public final class AdaptersCommand implements Callable<Integer> {
    private static final long ADAPTER_BYTES = 4L << 30;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--shape",
            defaultValue = "llama-1.1b",
            description = "Named shape of random weights (default: ${DEFAULT-VALUE}).")
    private String shape = "";

    @Option(names = "--adapters", defaultValue = "8", description = "In use at once (default: ${DEFAULT-VALUE}).")
    private int adapters;

    @Option(names = "--rank", defaultValue = "16", description = "Of each adapter (default: ${DEFAULT-VALUE}).")
    private int rank;

    @Option(names = "--batch", defaultValue = "32", description = "Sequences at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--repeat", defaultValue = "3", description = "Counted runs of each (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Mixin
    private PairOptions pair = new PairOptions();

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (repeat < 1 || adapters < 1 || runtime.rehearses()) {
            throw refused("--repeat %d --adapters %d; expected at least 1 of both, and no rehearsed drafts"
                    .formatted(repeat, adapters));
        }
        AdaptersReport report = measured();
        result.show(spec, EngineTables.render(report), report);
        return 0;
    }

    private AdaptersReport measured() throws IOException, InterruptedException {
        Provenance provenance = result.provenance(spec);
        try (WorkFolder folder = WorkFolder.make();
                LocalEngine engine = open()) {
            BatchSpec one = pair.batchOf(batch);
            PairSeries.Result found = PairSeries.of(
                    engine, "adapters", one, one.withAdapters(load(engine, folder.path(), one.seed())), repeat);
            return new AdaptersReport(
                    AdaptersReport.SCHEMA,
                    provenance,
                    "random:" + shape,
                    engine.model().numericsId(),
                    engine.model().heldAs(),
                    batch,
                    one.prompt(),
                    one.generate(),
                    adapters,
                    rank,
                    found.base(),
                    found.changed(),
                    found.prefillShare(),
                    found.decodeShare(),
                    found.memory());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private LocalEngine open() {
        return LocalEngine.open("random:" + shape, runtime, batch, new AdapterLimits(adapters, rank, ADAPTER_BYTES));
    }

    private List<String> load(LocalEngine engine, Path folder, long seed) throws IOException, InterruptedException {
        AdapterFolder random = AdapterFolder.of(shape, rank);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < adapters; i++) {
            Path own = folder.resolve("a" + i);
            random.write(own, seed + i);
            names.add(engine.host().loadAdapter(LocalEngine.MODEL, "a" + i, own).name());
        }
        return names;
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
