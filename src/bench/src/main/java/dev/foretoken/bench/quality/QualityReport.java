package dev.foretoken.bench.quality;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.registry.measure.Divergence;
import dev.foretoken.registry.measure.Proportion;
import java.util.List;

/**
 * Quality per encoding; its JSON form is the file format {@code foretoken.bench.quality/1}.
 *
 * @param model as given on the command line
 * @param textTokens scored tokens of the held-out texts
 * @param variants the first one is the reference
 */
record QualityReport(
        String schema,
        Provenance provenance,
        String model,
        int questions,
        int texts,
        long textTokens,
        List<Row> variants) {
    static final String SCHEMA = "foretoken.bench.quality/1";

    /** A share with its 95 % Wilson interval. */
    record Match(long matches, long questions, double share, double low, double high) {
        static Match of(Proportion p) {
            return new Match(p.successes(), p.trials(), p.value(), p.low(), p.high());
        }
    }

    /**
     * One variant.
     *
     * @param perplexity exp of {@code natsPerToken}
     * @param top1Agreement share of positions at which the reference finds the same token most likely
     * @param klDivergence nats per token from the reference; see {@link Divergence}
     */
    record Row(
            String name,
            HeldAs heldAs,
            double natsPerToken,
            double perplexity,
            Match exactMatch,
            double top1Agreement,
            double klDivergence) {}
}
