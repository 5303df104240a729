package dev.foretoken.bench.engine;

import dev.foretoken.bench.probe.DramProbe;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.engine.ModelInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures and draws what a generated token costs behind contexts of several lengths. */
@Command(
        name = "context",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures what a generated token costs behind short and long contexts, and draws it.",
        footer = {
            "",
            "Example: bench context --model random:mamba-370m --weights w8a8 --json results/context.json --svg results/context.svg"
        })
public final class ContextCommand implements Callable<Integer> {
    private static final int PROBE_MEBIBYTES = 256;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|random:SHAPE",
            description =
                    "Checkpoint folder or random weights of a named shape; several are measured one after the other.")
    private List<String> models = List.of();

    @Option(
            names = "--context",
            split = ",",
            defaultValue = "1024,2048,4096,8192,16384,32768,65000",
            description =
                    "Tokens of the prompts, ascending; those a model does not take are left out (default: ${DEFAULT-VALUE}).")
    private List<Integer> contexts = List.of();

    @Option(names = "--generate", defaultValue = "128", description = "New tokens of each (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(
            names = "--repeat",
            defaultValue = "3",
            description = "Rounds over all lengths (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every prompt (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draws the result.")
    private @Nullable Path svg;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<BatchSpec> specs = specs();
        Provenance provenance = result.provenance(spec);
        List<ContextReport.Model> measured = new ArrayList<>();
        for (String model : models) {
            measured.add(measure(model, specs));
        }
        ContextReport report = new ContextReport(ContextReport.SCHEMA, provenance, generate, measured);
        result.show(spec, EngineTables.render(report), report);
        if (svg != null) {
            report.chart().write(svg);
        }
        return 0;
    }

    private List<BatchSpec> specs() {
        boolean rising = contexts.stream().sorted().distinct().toList().equals(contexts);
        if (repeat < 1 || !rising || runtime.rehearses()) {
            throw refused("--repeat %d --context %s; expected at least 1, numbers that rise, and no rehearsed drafts"
                    .formatted(repeat, contexts));
        }
        try {
            return contexts.stream()
                    .map(context -> new BatchSpec(LocalEngine.MODEL, context, generate, 1, seed))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private ContextReport.Model measure(String model, List<BatchSpec> all) throws InterruptedException {
        try (LocalEngine engine = LocalEngine.open(model, runtime, 1)) {
            ModelInfo info = engine.model();
            List<BatchSpec> specs = all.stream()
                    .filter(one -> one.prompt() + one.generate() <= info.contextTokens())
                    .toList();
            if (specs.isEmpty()) {
                throw refused("--model %s takes %d tokens, --context begins with %d and --generate %d more"
                        .formatted(model, info.contextTokens(), contexts.getFirst(), generate));
            }
            List<ContextReport.Reading> readings = readings(engine, specs);
            double longest = readings.getLast().millisecondsPerToken().median();
            double shortest = readings.getFirst().millisecondsPerToken().median();
            return new ContextReport.Model(
                    model, info.runtime(), info.numericsId(), info.heldAs(), longest / shortest, readings);
        }
    }

    private List<ContextReport.Reading> readings(LocalEngine engine, List<BatchSpec> specs)
            throws InterruptedException {
        long tokens = (long) generate * (specs.size() * repeat + 1);
        try (DramProbe probe = new DramProbe(Runtime.getRuntime().availableProcessors(), PROBE_MEBIBYTES);
                RunProgress progress = new RunProgress(ProgressBar.onStandardError("bench context"), tokens)) {
            BatchDriver driver = new BatchDriver(engine.host(), System::nanoTime);
            return new ContextSeries(driver, probe, progress).measure(specs, repeat);
        }
    }
}
