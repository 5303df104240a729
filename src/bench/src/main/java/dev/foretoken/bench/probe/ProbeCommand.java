package dev.foretoken.bench.probe;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.ResultOptions;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the memory read bandwidth of 1 to N threads. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "Measures memory read bandwidth, the bound of decoding at batch 1.")
public final class ProbeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--threads", description = "Most threads to read with (default: all cores).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--mebibytes",
            defaultValue = "512",
            description = "Memory to read in each pass (default: ${DEFAULT-VALUE}).")
    private int mebibytes;

    @Option(
            names = "--passes",
            defaultValue = "7",
            description = "Passes to take the median of (default: ${DEFAULT-VALUE}).")
    private int passes;

    @Mixin
    private ResultOptions result = new ResultOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Provenance provenance = result.provenance(spec);
        List<ProbeReport.Reading> readings = new ArrayList<>();
        for (int n = 1; n < threads; n *= 2) {
            readings.add(read(n));
        }
        readings.add(read(threads));
        ProbeReport report = new ProbeReport(ProbeReport.SCHEMA, provenance, mebibytes, readings);
        result.show(spec, provenance.machine().sentence() + "\n" + table(report), report);
        return 0;
    }

    private ProbeReport.Reading read(int count) throws InterruptedException {
        try (DramProbe probe = new DramProbe(count, mebibytes)) {
            return new ProbeReport.Reading(count, probe.gigabytesPerSecond(passes));
        }
    }

    private static String table(ProbeReport report) {
        Table table = new Table("threads", "GB/s (median)", "least", "most", "spread");
        for (ProbeReport.Reading reading : report.readings()) {
            Spread s = reading.gigabytesPerSecond();
            table.row(
                    Integer.toString(reading.threads()),
                    significant(s.median()),
                    significant(s.min()),
                    significant(s.max()),
                    "+-" + percent(s.relative()));
        }
        return table.render();
    }
}
