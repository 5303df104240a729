package dev.foretoken.bench.prediction;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.registry.measure.Proportion;
import dev.foretoken.registry.picture.Tradeoff;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What prediction costs in quality and saves in time; its JSON form is the file format {@code foretoken.bench.prediction/1}.
 *
 * @param questions that were asked in each way
 * @param promptTokens of the prompts whose times to first token were measured
 */
record PredictionReport(
        String schema,
        Provenance provenance,
        int questions,
        int promptTokens,
        List<Row> ways,
        List<Repairing> repairing,
        List<Unused> unused) {
    static final String SCHEMA = "foretoken.bench.prediction/1";

    /** A share with its 95 % Wilson interval. */
    record Match(long matches, long questions, double share, double low, double high) {
        static Match of(Proportion p) {
            return new Match(p.successes(), p.trials(), p.value(), p.low(), p.high());
        }
    }

    /**
     * One way to answer.
     *
     * @param prefillMode exact or predicted
     * @param repair never, slack, or answer: before the first token behind the preamble
     * @param retention exact match over that of the exact base with the same preamble
     * @param retentionLow lower end of the interval over the same
     * @param gapRecovered of what the auxiliary alone misses; null where that was not asked in the same way
     * @param inTime of the answers whose K and V were repaired, those where that was before their first token behind the preamble
     * @param ttftSeconds at {@link PredictionReport#promptTokens}; null where it is that of another row
     */
    record Row(
            String name,
            String prefillMode,
            String repair,
            String preamble,
            HeldAs heldAs,
            Match exactMatch,
            double retention,
            double retentionLow,
            @Nullable Double gapRecovered,
            @Nullable Match inTime,
            @Nullable Spread ttftSeconds) {}

    /**
     * Single answers to random prompts; times while repairing are from the first token to the first that read exact K and V.
     *
     * @param repairBy slack, or a number of tokens
     * @param repaired runs whose K and V were repaired
     * @param repairedAt generated tokens before that
     * @param predictedTpotSeconds of predicted answers without repair
     * @param tpotRatio medians, while repairing over exact
     * @param longestGapRatio median of the longest time between two tokens while repairing over the median time per token of exact answers
     */
    record Repairing(
            String model,
            String repairBy,
            int promptTokens,
            int generated,
            int runs,
            long repaired,
            Spread repairedAt,
            Spread exactTpotSeconds,
            Spread predictedTpotSeconds,
            Spread repairingTpotSeconds,
            Spread longestGapSeconds,
            double tpotRatio,
            double longestGapRatio) {}

    /**
     * Exact answers of the base and of a prediction with it, in turn.
     *
     * @param ttftRatio median, prediction loaded over base alone
     * @param tpotRatio alike
     */
    record Unused(
            String model,
            int promptTokens,
            int generated,
            Spread baseTtftSeconds,
            Spread loadedTtftSeconds,
            Spread baseTpotSeconds,
            Spread loadedTpotSeconds,
            double ttftRatio,
            double tpotRatio) {}

    /** Time to first token across, wrong answers upwards. */
    Tradeoff picture() {
        return new Tradeoff(
                "Time to first token and quality, prompts of %d tokens".formatted(promptTokens),
                "time to first token, ms (median)",
                "answers lost of the exact base's, %",
                ways.stream()
                        .filter(row -> row.ttftSeconds() != null)
                        .map(PredictionReport::point)
                        .toList());
    }

    private static Tradeoff.Point point(Row row) {
        double milliseconds =
                row.ttftSeconds() == null ? 0 : 1e3 * row.ttftSeconds().median();
        return new Tradeoff.Point(row.name(), milliseconds, 100 * (1 - row.retention()));
    }
}
