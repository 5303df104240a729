package dev.foretoken.bench.load;

import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;

/** Loads for people. */
final class LoadTable {
    private LoadTable() {}

    static String render(LoadReport report) {
        Table table = new Table("run", "time", "GB/s of the files", "grown by MB", "at most MB", "at most / held");
        for (int i = 0; i < report.runs().size(); i++) {
            LoadReport.Run run = report.runs().get(i);
            LoadReport.Memory memory = run.memory();
            table.row(
                    Integer.toString(i + 1),
                    Format.seconds(run.seconds()),
                    significant(run.gigabytesPerSecond()),
                    memory == null ? "-" : significant(memory.growth() / 1e6),
                    memory == null ? "-" : significant(memory.peakGrowth() / 1e6),
                    memory == null ? "-" : significant(memory.peakOverHeld()));
        }
        return "%s: %s MB in the files, held as %s in %s MB\n%s\n\n%s"
                .formatted(
                        report.model(),
                        significant(report.storedBytes() / 1e6),
                        report.heldAs().weights(),
                        significant(report.heldAs().weightBytes() / 1e6),
                        report.provenance().machine().sentence(),
                        table.render());
    }
}
