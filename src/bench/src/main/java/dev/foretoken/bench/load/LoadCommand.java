package dev.foretoken.bench.load;

import dev.foretoken.bench.engine.ComputeChoice;
import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
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

/** Measures loading. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures how fast a model is loaded and how much memory that takes at most.",
        footer = {"", "Example: bench load --model llama.Q4_K_M.gguf --json load.json"})
public final class LoadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--model", required = true, paramLabel = "PATH", description = "Checkpoint folder or GGUF file.")
    private Path model = Path.of("");

    @Option(
            names = "--weights",
            paramLabel = "ENCODING",
            defaultValue = "stored",
            description = "What unquantized weights become: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RuntimeOptions.Weights weights = RuntimeOptions.Weights.STORED;

    @Mixin
    private ComputeChoice compute = new ComputeChoice();

    @Option(names = "--repeat", defaultValue = "3", description = "Loads, all counted (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException {
        if (repeat < 1 || !Files.exists(model)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--repeat %d --model %s; expected at least 1, and a path that exists".formatted(repeat, model));
        }
        LoadReport report = measure(result.provenance(spec));
        result.show(spec, LoadTable.render(report), report);
        return 0;
    }

    private LoadReport measure(Provenance provenance) {
        RuntimeOptions options = new RuntimeOptions(
                        RuntimeOptions.CacheType.AUTO, compute.kernels(), RuntimeOptions.Precision.FAST, 0)
                .withWeights(weights);
        LoadRun load = new LoadRun(
                ModelSource.of("bench", model), options, DeviceSpec.cpu(compute.threads()), System::nanoTime);
        List<LoadReport.Run> runs = new ArrayList<>();
        for (int i = 0; i < repeat; i++) {
            try (ProgressBar bar = ProgressBar.onStandardError("loading")) {
                runs.add(load.load((stage, done, total) ->
                        bar.update(done, total, stage + " " + Format.count(done >> 20) + " MiB")));
            }
        }
        return new LoadReport(
                LoadReport.SCHEMA,
                provenance,
                String.valueOf(model.getFileName()),
                load.heldAs(),
                load.storedBytes(),
                runs);
    }
}
