package dev.foretoken.bench.experts;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.nativeruntime.experts.ExpertStrategy;
import dev.foretoken.nativeruntime.kernels.Arithmetic;
import dev.foretoken.nativeruntime.kernels.KernelChoice;
import dev.foretoken.nativeruntime.kernels.KernelOptions;
import dev.foretoken.nativeruntime.kernels.KernelSelection;
import dev.foretoken.nativeruntime.kernels.Kernels;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how long a layer of experts takes with each strategy. */
@Command(
        name = "experts",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures the strategies of a mixture of experts: what the runtime chooses by is made of it.")
public final class ExpertsCommand implements Callable<Integer> {
    /** Dense rows above this are not measured: they would take gigabytes. */
    private static final int MOST_ROWS = 32 * 1024;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--hidden", defaultValue = "1024", description = "Hidden size (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--inner", defaultValue = "2048", description = "Width of an expert (default: ${DEFAULT-VALUE}).")
    private int inner;

    @Option(names = "--experts", defaultValue = "8", description = "Experts (default: ${DEFAULT-VALUE}).")
    private int experts;

    @Option(names = "--top-k", defaultValue = "2", description = "Experts of a token (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--tokens", split = ",", defaultValue = "1,2,4,8,16,64,256", description = "Tokens of a step.")
    private List<Integer> tokens = List.of();

    @Option(names = "--layers", defaultValue = "4", description = "Layers read in turn (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--repeat", defaultValue = "15", description = "Counted runs (default: ${DEFAULT-VALUE}).")
    private int repeat;

    @Option(names = "--threads", description = "Threads that compute (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException {
        ExpertShape shape = new ExpertShape(hidden, inner, experts, topK);
        KernelOptions options = KernelOptions.of(threads, Arithmetic.FAST);
        try (Kernels kernels = KernelSelection.open(KernelChoice.AUTO, options).kernels()) {
            List<ExpertsReport.Reading> readings = new ArrayList<>();
            for (int count : tokens) {
                if ((long) count * experts <= MOST_ROWS) {
                    measure(shape, count, kernels, readings);
                }
            }
            ExpertsReport report = new ExpertsReport(
                    ExpertsReport.SCHEMA, result.provenance(spec), kernels.path(), threads, shape, readings);
            result.show(spec, table(report), report);
        }
        return 0;
    }

    private void measure(ExpertShape shape, int count, Kernels kernels, List<ExpertsReport.Reading> readings) {
        try (Arena arena = Arena.ofShared()) {
            ExpertLayer layer = new ExpertLayer(shape, count, layers, kernels, arena, new SplittableRandom(1));
            double[][] micros = new double[ExpertStrategy.values().length][repeat];
            int turn = 0;
            for (int run = -repeat; run < repeat; run++) { // the strategies in turn, so that all meet the same machine
                for (ExpertStrategy strategy : ExpertStrategy.values()) {
                    double taken = layer.run(strategy, turn++) / 1e3;
                    if (run >= 0) {
                        micros[strategy.ordinal()][run] = taken;
                    }
                }
            }
            for (ExpertStrategy strategy : ExpertStrategy.values()) {
                String name = strategy.name().toLowerCase(Locale.ROOT).replace('_', '-');
                readings.add(new ExpertsReport.Reading(count, name, Spread.of(micros[strategy.ordinal()])));
            }
        }
    }

    private static String table(ExpertsReport report) {
        Table table = new Table("tokens", "strategy", "us (median)", "least", "spread");
        for (ExpertsReport.Reading reading : report.readings()) {
            Spread micros = reading.microseconds();
            table.row(
                    Integer.toString(reading.tokens()),
                    reading.strategy(),
                    significant(micros.median()),
                    significant(micros.min()),
                    "+-" + percent(micros.relative()));
        }
        return table.render();
    }
}
