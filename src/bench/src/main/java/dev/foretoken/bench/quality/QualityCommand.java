package dev.foretoken.bench.quality;

import dev.foretoken.bench.engine.ComputeChoice;
import dev.foretoken.bench.eval.EvalSetChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.registry.measure.EvalSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares what the encodings of weights and cache cost in quality. */
@Command(
        name = "quality",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs a model in every encoding of weights and cache and compares perplexity, answers and distributions.",
        footer = {"", "Example: bench quality --also Q4_K_M=demo.Q4_K_M.gguf --json quality.json"})
public final class QualityCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = "${sys:foretoken.home:-.}/src/models/demo/model",
            description = "Checkpoint folder with unquantized weights (default: the demo model).")
    private Path model = Path.of("");

    @Option(
            names = "--also",
            paramLabel = "NAME=PATH",
            description = "The same model in another file or folder, such as a GGUF file; may be repeated.")
    private Map<String, Path> also = new LinkedHashMap<>();

    @Mixin
    private EvalSetChoice set = new EvalSetChoice();

    @Option(
            names = "--questions",
            defaultValue = "200",
            description = "Questions, spread over the set (default: ${DEFAULT-VALUE}).")
    private int questions;

    @Option(
            names = "--texts",
            defaultValue = "100",
            description = "Held-out texts, spread over the set (default: ${DEFAULT-VALUE}).")
    private int texts;

    @Mixin
    private ComputeChoice compute = new ComputeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (questions < 1 || texts < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--questions %d --texts %d; expected both at least 1".formatted(questions, texts));
        }
        Provenance provenance = result.provenance(spec);
        EvalSet items = set.read().limitedTo(questions, texts);
        try (TextTokens tokens = TextTokens.of(model)) {
            QualityReport report = measure(provenance, items, tokens);
            result.show(spec, QualityTable.render(report), report);
            return 0;
        }
    }

    private QualityReport measure(Provenance provenance, EvalSet items, TextTokens tokens)
            throws IOException, InterruptedException {
        List<Variant> variants = Variant.all(model, compute.kernels(), also);
        List<QualityReport.Row> rows = new ArrayList<>();
        try (ProgressBar bar = ProgressBar.onStandardError("bench quality")) {
            QualityRun run = new QualityRun(items, tokens, bar, variants.size());
            for (Variant variant : variants) {
                rows.add(run.measure(variant, compute.threads()));
            }
            return new QualityReport(
                    QualityReport.SCHEMA,
                    provenance,
                    String.valueOf(model.getFileName()),
                    items.questions().size(),
                    items.texts().size(),
                    run.textTokens(),
                    rows);
        }
    }
}
