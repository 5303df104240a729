package dev.foretoken.bench.costs;

import dev.foretoken.bench.engine.BatchDriver;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.engine.ModelChoice;
import dev.foretoken.bench.engine.RunProgress;
import dev.foretoken.bench.engine.RuntimeChoice;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.scheduler.SchedulerConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what steps of a model cost. */
@Command(
        name = "costs",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures what a step, a token, a token drawn and a position attended to cost; bench cluster --costs takes the file.",
        footer = {"", "Example: bench costs --model random:llama-68m --weights w8a8 --json results/costs.json"})
public final class CostsCommand implements Callable<Integer> {
    /** With one, each step draws one token: what that costs could not be told from the step. */
    private static final int LEAST_ROWS = 2;
    /** That runtimes compute. */
    private static final int MOST_ROWS = 256;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelChoice model = new ModelChoice();

    @Option(
            names = "--rows",
            defaultValue = "64",
            description = "Sequences at a time, 2 to 256 (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--context",
            split = ",",
            defaultValue = "16,64,256,512,1024",
            description =
                    "Tokens of the prompts; those a model does not take are left out (default: ${DEFAULT-VALUE}).")
    private List<Integer> contexts = List.of();

    @Option(
            names = "--repeat",
            defaultValue = "2",
            description = "Rounds over all lengths, after one that does not count (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Decides prompts and their order (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private RuntimeChoice runtime = new RuntimeChoice();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Provenance provenance = result.provenance(spec);
        StepLog log = new StepLog();
        try (LocalEngine engine = model.open(runtime, rows, log)) {
            List<Integer> taken = taken(engine.model());
            measure(engine, log, taken);
            CostsReport report = report(provenance, engine.model(), log, taken);
            result.show(spec, report.table(), report);
            return 0;
        }
    }

    private void check() {
        boolean lengths =
                !contexts.isEmpty() && contexts.stream().allMatch(context -> context > 0 && context < 1 << 24);
        if (rows < LEAST_ROWS || rows > MOST_ROWS || repeat < 1 || !lengths) {
            throw refused("--rows %d --repeat %d --context %s; expected %d to %d, at least 1, and numbers above 0"
                    .formatted(rows, repeat, contexts, LEAST_ROWS, MOST_ROWS));
        }
        if (runtime.speculates()) {
            throw refused("costs are those of steps that verify no drafts; leave out --speculate and --draft-...");
        }
    }

    private List<Integer> taken(ModelInfo info) {
        List<Integer> taken = contexts.stream()
                .filter(context -> CostLoads.needed(context) <= info.contextTokens())
                .toList();
        if (taken.isEmpty()) {
            throw refused("--model %s takes %d tokens, --context %s need %d and more"
                    .formatted(
                            model.location(),
                            info.contextTokens(),
                            contexts,
                            CostLoads.needed(
                                    contexts.stream().min(Integer::compare).orElse(0))));
        }
        return taken;
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private void measure(LocalEngine engine, StepLog log, List<Integer> taken) throws InterruptedException {
        SchedulerConfig limits = runtime.scheduling(rows);
        CostLoads loads = CostLoads.of(
                LocalEngine.MODEL,
                rows,
                taken,
                limits.promptTokensBesideDecode(),
                engine.model().contextTokens());
        ProgressBar bar = ProgressBar.onStandardError("bench costs");
        try (RunProgress progress = new RunProgress(bar, loads.tokens() * (repeat + 1))) {
            new CostSeries(new BatchDriver(engine.engine(), System::nanoTime), log, progress).run(loads, repeat, seed);
        }
    }

    private CostsReport report(Provenance provenance, ModelInfo info, StepLog log, List<Integer> taken) {
        SchedulerConfig limits = runtime.scheduling(rows);
        int threads = runtime.device().threads();
        if (!log.isSpread()) {
            throw refused(
                    "--context %s: all steps were of about one size, of which no costs can be told apart; expected lengths that differ"
                            .formatted(taken));
        }
        StepPrice price = log.price();
        return new CostsReport(
                CostsReport.SCHEMA,
                provenance,
                model.location(),
                runtime.options().weights().toString(),
                info.runtime(),
                info.numericsId(),
                info.heldAs(),
                threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
                rows,
                limits.maxTokensPerStep(),
                limits.promptTokensBesideDecode(),
                taken,
                repeat,
                price,
                log.fits(price));
    }
}
