package dev.foretoken.bench.prediction;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.engine.RuntimeChoice;
import dev.foretoken.bench.process.WorkFolder;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.scheduler.SchedulerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures times to first token with K and V of the prompt computed, predicted, and of the auxiliary alone. */
@Command(
        name = "prefill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures times to first token of exact and predicted prompts by length, and draws them.",
        footer = {
            "",
            "Example: bench prefill --model random:llama-1.1b --layer-pruned 0.25 --json results/prefill.json --svg results/prefill.svg"
        })
public final class PrefillCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR|random:SHAPE",
            description = "Folder with a prediction.json; with --layer-pruned the base itself.")
    private String model = "";

    @Option(
            names = "--layer-pruned",
            paramLabel = "SHARE",
            description =
                    "Predict from this share of the base's own layers through random maps: the same times, no sense.")
    private @Nullable Double share;

    @Option(
            names = "--prompt",
            split = ",",
            defaultValue = "16,32,64,128,256,512,1024,2048,4096",
            description =
                    "Tokens of the prompts, ascending; those the model does not take are left out, and named (default: ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--repeat",
            defaultValue = "5",
            description = "Rounds over all lengths after one that does not count (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--seed", defaultValue = "1", description = "Decides every prompt (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draws the result.")
    private @Nullable Path svg;

    /** Sequences of full length that the caches have room for. */
    private static final int HELD = 2;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Provenance provenance = result.provenance(spec);
        try (WorkFolder folder = WorkFolder.make()) {
            PredictionPair pair = share == null
                    ? PredictionPair.of(Path.of(model), PredictionPair.MODEL, folder.path())
                    : PredictionPair.unfitted(model, share, runtime.options(), folder.path());
            PrefillReport report = measure(pair, provenance);
            result.show(spec, PrefillTables.render(report), report);
            if (svg != null) {
                report.chart().write(svg);
            }
            return 0;
        }
    }

    private void check() {
        boolean rising = lengths.stream().sorted().distinct().toList().equals(lengths);
        boolean several = lengths.stream().allMatch(length -> length > 1);
        if (repeat < 1 || !rising || !several || share != null && !(share > 0 && share <= 1)) {
            throw refused(
                    "--repeat %d --prompt %s --layer-pruned %s; expected at least 1, numbers above 1 that rise, and a share of at most 1"
                            .formatted(repeat, lengths, share));
        }
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private PrefillReport measure(PredictionPair pair, Provenance provenance) throws InterruptedException {
        try (LocalEngine engine = LocalEngine.openSmall(pair.source(), runtime.options(), runtime.device(), HELD)) {
            ModelInfo info = engine.model();
            engine.loadBeside(pair.auxiliaryAlone(), runtime.options());
            List<Integer> fitting = lengths.stream()
                    .filter(length -> length < info.contextTokens())
                    .toList();
            if (fitting.isEmpty()) {
                throw refused("--model %s takes %d tokens, --prompt begins with %d"
                        .formatted(model, info.contextTokens(), lengths.getFirst()));
            }
            List<PrefillReport.Reading> readings = readings(engine, pair, fitting);
            return new PrefillReport(
                    PrefillReport.SCHEMA,
                    provenance,
                    model,
                    pair.kind(),
                    pair.auxiliary(),
                    info.runtime(),
                    info.numericsId(),
                    info.heldAs(),
                    PrefillReport.threshold(readings),
                    readings,
                    lengths.subList(fitting.size(), lengths.size()));
        }
    }

    private List<PrefillReport.Reading> readings(LocalEngine engine, PredictionPair pair, List<Integer> fitting)
            throws InterruptedException {
        try (ProgressBar bar = ProgressBar.onStandardError("bench prefill");
                PartTimer timer = new PartTimer(
                        pair.source(),
                        runtime.options(),
                        runtime.device(),
                        fitting.getLast(),
                        SchedulerConfig.DEFAULT.maxTokensPerStep())) {
            Asking asking = new Asking(engine.engine(), System::nanoTime);
            return new PrefillSeries(asking, timer, pair, engine.model().vocabularySize(), seed, bar)
                    .measure(fitting, repeat, HELD * engine.model().contextTokens());
        }
    }
}
