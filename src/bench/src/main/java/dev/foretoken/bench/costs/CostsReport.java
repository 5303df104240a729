package dev.foretoken.bench.costs;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.JsonFile;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.Table;
import dev.foretoken.contract.runtime.HeldAs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What steps of a model cost; its JSON form is the file format {@code foretoken.bench.costs/1}.
 *
 * @param model as given on the command line
 * @param weights as given there
 * @param numericsId of the runtime that computed
 * @param threads that computed
 * @param rows sequences at a time, at most
 * @param stepTokens most tokens of a step
 * @param besideDecode most prompt tokens of a step that generates
 * @param contexts tokens of the prompts
 * @param rounds over all loads, without the one that does not count
 * @param costs that fit the steps best
 * @param fits how well, by kind of step
 */
public record CostsReport(
        String schema,
        Provenance provenance,
        String model,
        String weights,
        String runtime,
        String numericsId,
        HeldAs heldAs,
        int threads,
        int rows,
        int stepTokens,
        int besideDecode,
        List<Integer> contexts,
        int rounds,
        StepPrice costs,
        List<Fit> fits) {
    static final String SCHEMA = "foretoken.bench.costs/1";

    /**
     * Steps of one kind.
     *
     * @param kind what they computed: answers, prompts, or both
     * @param medianError of what the costs say from what a step took, as a share of that
     */
    public record Fit(String kind, int steps, double medianError, double p90Error) {}

    /**
     * Reads what {@code bench costs} wrote.
     *
     * @throws IllegalArgumentException where the file is something else
     */
    public static CostsReport read(Path file) throws IOException {
        return JsonFile.read(file, CostsReport.class, SCHEMA);
    }

    String table() {
        Table prices = new Table("cost", "ns");
        prices.row("step", Format.significant(costs.stepNanos()));
        prices.row("token", Format.significant(costs.tokenNanos()));
        prices.row("token drawn", Format.significant(costs.drawNanos()));
        prices.row("position attended to", Format.significant(costs.pairNanos()));
        Table steps = new Table("steps of", "number", "median error", "p90");
        for (Fit fit : fits) {
            steps.row(
                    fit.kind(),
                    Format.count(fit.steps()),
                    Format.percent(fit.medianError()),
                    Format.percent(fit.p90Error()));
        }
        return "%s on %s (%s), %d threads, %d rows, %d tokens a step, %d of prompts beside answers\nweights %s, cache %s\n%s\n\n%s\n%s"
                .formatted(
                        model,
                        runtime,
                        numericsId,
                        threads,
                        rows,
                        stepTokens,
                        besideDecode,
                        heldAs.weights(),
                        heldAs.kvCache(),
                        provenance.machine().sentence(),
                        prices.render(),
                        steps.render());
    }
}
