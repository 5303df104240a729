package dev.foretoken.bench.prediction;

import dev.foretoken.bench.engine.RuntimeChoice;
import dev.foretoken.bench.eval.EvalSetChoice;
import dev.foretoken.bench.process.WorkFolder;
import dev.foretoken.bench.quality.TextTokens;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.registry.measure.Question;
import dev.foretoken.registry.picture.ParetoChart;
import dev.foretoken.registry.prediction.PredictionFile;
import java.io.IOException;
import java.nio.file.Files;
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

/** Measures what predicted K and V cost in quality, what repair brings back, and what it takes. */
@Command(
        name = "prediction",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Asks a model the same questions exact, predicted, predicted and repaired, and its auxiliary alone; times all of them.",
        footer = {
            "",
            "Example: bench prediction --model src/models/kv-prediction/lp-0.5 --also-weights q8_0 --svg results/pareto.svg"
        })
public final class PredictionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = "${sys:foretoken.home:-.}/src/models/kv-prediction/lp-0.5",
            description =
                    "Folder with a prediction.json; may be repeated for predictions of the same base (default: the trained one of the demo model).")
    private List<Path> predictions = List.of();

    @Option(
            names = "--also-weights",
            split = ",",
            paramLabel = "ENCODING",
            description = "Encodings in which the exact base is compared too.")
    private List<Weights> encodings = List.of();

    @Mixin
    private EvalSetChoice set = new EvalSetChoice();

    @Option(
            names = "--questions",
            defaultValue = "400",
            description = "Questions, spread over the set (default: ${DEFAULT-VALUE}).")
    private int questions;

    @Option(
            names = "--preamble",
            defaultValue = "QUESTION",
            description =
                    "What answers begin with where repair is measured: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Preamble preamble = Preamble.QUESTION;

    @Option(
            names = "--prompt",
            split = ",",
            defaultValue = "1024",
            description =
                    "Tokens of the prompts that are timed; times to first token are those of the first (default: ${DEFAULT-VALUE}).")
    private List<Integer> lengths = List.of();

    @Option(
            names = "--generate",
            defaultValue = "160",
            description = "Tokens of the answers that are timed (default: ${DEFAULT-VALUE}).")
    private int generate;

    @Option(
            names = "--repair-by",
            defaultValue = "14",
            paramLabel = "N",
            description = "Tokens after which a timed answer is repaired (default: ${DEFAULT-VALUE}).")
    private int repairBy;

    @Option(
            names = "--repeat",
            defaultValue = "7",
            description = "Rounds of timing after one that does not count (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--svg", paramLabel = "FILE", description = "Also draws times against quality.")
    private @Nullable Path svg;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Provenance provenance = result.provenance(spec);
        List<Question> asked = set.read().limitedTo(questions, 1).questions();
        Path checkpoint = PredictionFile.checkpointOf(predictions.getFirst())
                .orElseThrow(() -> refused(
                        "--model %s has no tokenizer: its base is random weights".formatted(predictions.getFirst())));
        try (TextTokens tokens = TextTokens.of(checkpoint);
                WorkFolder folder = WorkFolder.make();
                Subjects subjects =
                        Subjects.open(predictions, encodings, runtime.options(), runtime.device(), folder.path())) {
            PredictionReport report = measure(provenance, subjects, asked, tokens);
            result.show(spec, PredictionTables.render(report), report);
            if (svg != null) {
                Files.writeString(svg, ParetoChart.svg(report.picture()));
            }
            return 0;
        }
    }

    private void check() {
        boolean empty = lengths.stream().anyMatch(length -> length < 2);
        if (questions < 1 || repeat < 1 || lengths.isEmpty() || empty || repairBy < 1 || generate <= repairBy + 1) {
            throw refused(
                    "--questions %d --repeat %d --prompt %s --repair-by %d --generate %d; expected at least 1, 1, 2 and 1, and more tokens than those before the repair"
                            .formatted(questions, repeat, lengths, repairBy, generate));
        }
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private PredictionReport measure(Provenance provenance, Subjects subjects, List<Question> asked, TextTokens tokens)
            throws InterruptedException {
        Asking asking = new Asking(subjects.engine(), System::nanoTime);
        try (ProgressBar bar = ProgressBar.onStandardError("bench prediction")) {
            Retention retention = new Retention(asking, subjects.script(), tokens, asked);
            List<PredictionReport.Row> rows = new PredictionRun(subjects, retention, asking, bar)
                    .rows(subjects.ways(preamble), asked.size(), lengths.getFirst(), repeat);
            return new PredictionReport(
                    PredictionReport.SCHEMA,
                    provenance,
                    asked.size(),
                    lengths.getFirst(),
                    rows,
                    repairing(subjects, asking),
                    unused(subjects, asking));
        }
    }

    private List<PredictionReport.Unused> unused(Subjects subjects, Asking asking) throws InterruptedException {
        List<PredictionReport.Unused> all = new ArrayList<>();
        UnusedTimes times =
                new UnusedTimes(asking, subjects.model(Subjects.BASE).vocabularySize(), generate);
        for (PredictionPair pair : subjects.pairs()) {
            all.add(times.measure(Subjects.BASE, pair.source().name(), lengths.getFirst(), repeat));
        }
        return all;
    }

    private List<PredictionReport.Repairing> repairing(Subjects subjects, Asking asking) throws InterruptedException {
        List<PredictionReport.Repairing> all = new ArrayList<>();
        int vocabulary = subjects.model(Subjects.BASE).vocabularySize();
        RepairTimes times = new RepairTimes(asking, vocabulary, generate, 1);
        for (PredictionPair pair : subjects.pairs()) {
            for (int tokens : lengths) {
                all.addAll(times.measure(pair.source().name(), tokens, repairBy, repeat));
            }
        }
        return all;
    }
}
