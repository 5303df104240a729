package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the engine in this process. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures prompt and decode speed of the engine in this process, without HTTP.",
        footer = {"", "Example: bench engine --model random:llama-1.1b --prompt 512 --generate 128 --batch 1,8,32"})
public final class EngineCommand implements Callable<Integer> {
    private static final int PROBE_MEBIBYTES = 256;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelChoice model = new ModelChoice();

    @Option(
            names = "--prompt",
            defaultValue = "512",
            description = "Tokens of each prompt (default: ${DEFAULT-VALUE}).")
    private int prompt;

    @Option(names = "--generate", defaultValue = "128", description = "New tokens of each (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(
            names = "--batch",
            split = ",",
            defaultValue = "1,8,32",
            description = "Sequences at once, one measurement for each number (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches = List.of();

    @Option(names = "--repeat", defaultValue = "3", description = "Counted runs for each (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every prompt (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<BatchSpec> specs = specs();
        Provenance provenance = result.provenance(spec);
        int most = batches.stream().mapToInt(Integer::intValue).max().orElse(1);
        try (LocalEngine engine = model.open(runtime, most)) {
            EngineReport report = new EngineReport(
                    EngineReport.SCHEMA,
                    provenance,
                    model.location(),
                    engine.model().runtime(),
                    engine.model().numericsId(),
                    engine.model().heldAs(),
                    prompt,
                    generate,
                    measure(engine, specs));
            result.show(spec, EngineTables.render(report), report);
            return 0;
        }
    }

    private List<BatchSpec> specs() {
        try {
            if (repeat < 1) {
                throw new IllegalArgumentException("--repeat " + repeat + "; expected at least 1");
            }
            return batches.stream()
                    .map(batch -> new BatchSpec(LocalEngine.MODEL, prompt, generate, batch, seed))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private List<EngineReport.Batch> measure(LocalEngine engine, List<BatchSpec> specs) throws InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        List<EngineReport.Batch> measured = new ArrayList<>();
        long tokens = specs.stream()
                .mapToLong(one -> (long) one.batch() * one.generate() * (repeat + 1) * (runtime.rehearses() ? 2 : 1))
                .sum();
        try (DramProbe probe = new DramProbe(cores, PROBE_MEBIBYTES);
                RunProgress progress = new RunProgress(ProgressBar.onStandardError("bench engine"), tokens)) {
            BatchSeries series = new BatchSeries(
                    new BatchDriver(engine.host(), System::nanoTime), probe, progress, runtime.rehearses());
            for (BatchSpec one : specs) {
                measured.add(series.measure(one, repeat));
            }
        }
        return measured;
    }
}
