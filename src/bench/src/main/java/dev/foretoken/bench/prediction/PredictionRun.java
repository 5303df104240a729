package dev.foretoken.bench.prediction;

import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.registry.measure.Proportion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks in every way, times every way, and sums both up. */
final class PredictionRun {
    private static final long SEEDS = 5L << 34;

    private final Subjects subjects;
    private final Retention retention;
    private final Asking asking;
    private final ProgressBar bar;
    private final Map<Way, Retention.Score> scores = new LinkedHashMap<>();

    PredictionRun(Subjects subjects, Retention retention, Asking asking, ProgressBar bar) {
        this.subjects = subjects;
        this.retention = retention;
        this.asking = asking;
        this.bar = bar;
    }

    List<PredictionReport.Row> rows(List<Way> ways, int questions, int promptTokens, int rounds)
            throws InterruptedException {
        int all = ways.size() * questions;
        for (int i = 0; i < ways.size(); i++) {
            Way way = ways.get(i);
            int before = i * questions;
            scores.put(way, retention.ask(way, done -> bar.update(before + done, all, way.name())));
        }
        Map<Way, Spread> times = times(ways, promptTokens, rounds);
        List<PredictionReport.Row> rows = new ArrayList<>();
        for (Way way : ways) {
            rows.add(row(way, times.get(timed(way))));
        }
        return rows;
    }

    /** Neither a preamble nor a repair changes when the first token comes. */
    private static Way timed(Way way) {
        return new Way("", way.model(), way.mode(), Way.RepairPoint.NEVER, Preamble.NONE);
    }

    private Map<Way, Spread> times(List<Way> ways, int promptTokens, int rounds) throws InterruptedException {
        List<Way> timed = ways.stream().map(PredictionRun::timed).distinct().toList();
        Map<Way, double[]> seconds = new LinkedHashMap<>();
        timed.forEach(way -> seconds.put(way, new double[rounds]));
        long seed = SEEDS;
        for (int round = -1; round < rounds; round++) {
            for (Way way : timed) {
                bar.update(round + 1, rounds + 1.0, "time to first token of " + way.model());
                double took = ttft(way, promptTokens, seed++);
                if (round >= 0) {
                    seconds.getOrDefault(way, new double[rounds])[round] = took;
                }
            }
        }
        Map<Way, Spread> spreads = new LinkedHashMap<>();
        seconds.forEach((way, values) -> spreads.put(way, Spread.of(values)));
        return spreads;
    }

    private double ttft(Way way, int promptTokens, long seed) throws InterruptedException {
        int vocabulary = subjects.model(way.model()).vocabularySize();
        PrefillOptions prefill = way.options(0);
        return asking.ask(asking.greedy(way.model(), Asking.randomPrompt(vocabulary, promptTokens, seed), 1, prefill))
                .ttftSeconds();
    }

    private PredictionReport.Row row(Way way, @Nullable Spread ttft) {
        Retention.Score score = scores.getOrDefault(way, new Retention.Score(none(), none()));
        double base = right(Way.exact("exact", Subjects.BASE, way.preamble()));
        boolean repairs = way.repair() != Way.RepairPoint.NEVER;
        boolean shown = way.preamble() == Preamble.NONE || way.repair() == Way.RepairPoint.ANSWER;
        return new PredictionReport.Row(
                way.name(),
                way.mode().name().toLowerCase(Locale.ROOT),
                way.repair().name().toLowerCase(Locale.ROOT),
                way.preamble().name().toLowerCase(Locale.ROOT),
                subjects.model(way.model()).heldAs(),
                PredictionReport.Match.of(score.right()),
                score.right().value() / base,
                score.right().low() / base,
                gapRecovered(way, score.right().value(), base),
                repairs ? PredictionReport.Match.of(score.inTime()) : null,
                shown ? ttft : null);
    }

    private @Nullable Double gapRecovered(Way way, double value, double base) {
        Way alone = Way.exact(
                way.model() + ", auxiliary alone", way.model() + "-" + PredictionPair.AUXILIARY, way.preamble());
        boolean asked = way.mode() == PrefillMode.PREDICTED && scores.containsKey(alone);
        double least = right(alone);
        return asked && base > least ? (Double) ((value - least) / (base - least)) : null;
    }

    private double right(Way way) {
        return scores.getOrDefault(way, new Retention.Score(none(), none()))
                .right()
                .value();
    }

    private static Proportion none() {
        return new Proportion(0, 0);
    }
}
