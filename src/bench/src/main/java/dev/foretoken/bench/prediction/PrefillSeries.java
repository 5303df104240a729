package dev.foretoken.bench.prediction;

import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Prompts of several lengths, round by round and the ways to compute them in turn, so that all of them meet the same machine. */
final class PrefillSeries {
    static final PrefillOptions PREDICTED = new PrefillOptions(PrefillMode.PREDICTED, Repair.NEVER);
    /** No prompt of another run has these seeds. */
    private static final long SEEDS = 1L << 32;

    private final Asking asking;
    private final PartTimer timer;
    private final PredictionPair pair;
    private final int vocabulary;
    private final ProgressBar bar;
    private long seed;

    PrefillSeries(Asking asking, PartTimer timer, PredictionPair pair, int vocabulary, long seed, ProgressBar bar) {
        this.asking = asking;
        this.timer = timer;
        this.pair = pair;
        this.vocabulary = vocabulary;
        this.seed = seed * SEEDS;
        this.bar = bar;
    }

    /** Times to first token of two prompts of a length, in seconds. */
    private record Run(double exact, double predicted) {}

    private interface Timed<T> {
        T time(int tokens) throws InterruptedException;
    }

    /**
     * Of each length, after rounds over them that do not count. Exact and predicted prompts take turns on one engine; what they are compared
     * with comes after all of them, so that no other threads and caches stand between the two.
     *
     * @param held tokens that the caches hold: so many are computed before a round counts
     */
    List<PrefillReport.Reading> measure(List<Integer> lengths, int rounds, int held) throws InterruptedException {
        int all = lengths.stream().mapToInt(Integer::intValue).sum();
        int warmUps = 1 + held / all;
        List<List<Run>> runs = rounds("prompts", lengths, rounds, warmUps, this::run);
        List<List<Double>> alone = rounds("auxiliary alone", lengths, rounds, warmUps, this::alone);
        List<List<PartTimer.Parts>> parts = rounds("parts", lengths, rounds, 1, this::parts);
        return IntStream.range(0, lengths.size())
                .mapToObj(i -> reading(lengths.get(i), runs.get(i), alone.get(i), parts.get(i)))
                .toList();
    }

    private <T> List<List<T>> rounds(String what, List<Integer> lengths, int rounds, int warmUps, Timed<T> timed)
            throws InterruptedException {
        List<List<T>> all = new ArrayList<>();
        lengths.forEach(length -> all.add(new ArrayList<>()));
        int total = rounds + warmUps;
        for (int round = 0; round < total; round++) {
            for (int i = 0; i < lengths.size(); i++) {
                bar.update(round, total, what + ", " + lengths.get(i) + " tokens");
                T time = timed.time(lengths.get(i));
                if (round >= warmUps) {
                    all.get(i).add(time);
                }
            }
        }
        return all;
    }

    private Run run(int tokens) throws InterruptedException {
        String model = pair.source().name();
        return new Run(ttft(model, tokens, PrefillOptions.EXACT), ttft(model, tokens, PREDICTED));
    }

    private double alone(int tokens) throws InterruptedException {
        return ttft(pair.auxiliaryAlone().name(), tokens, PrefillOptions.EXACT);
    }

    private PartTimer.Parts parts(int tokens) {
        return timer.time(Asking.randomPrompt(vocabulary, tokens, seed++));
    }

    private double ttft(String model, int tokens, PrefillOptions prefill) throws InterruptedException {
        int[] prompt = Asking.randomPrompt(vocabulary, tokens, seed++);
        return asking.ask(asking.greedy(model, prompt, 1, prefill)).ttftSeconds();
    }

    private static PrefillReport.Reading reading(
            int tokens, List<Run> runs, List<Double> alone, List<PartTimer.Parts> parts) {
        return PrefillReport.Reading.of(
                tokens,
                spread(runs, Run::exact),
                spread(runs, Run::predicted),
                spread(alone, Double::doubleValue),
                new PartTimer.Parts(
                        spread(parts, PartTimer.Parts::base).median(),
                        spread(parts, PartTimer.Parts::auxiliary).median(),
                        spread(parts, PartTimer.Parts::maps).median(),
                        spread(parts, PartTimer.Parts::last).median()));
    }

    private static <T> Spread spread(List<T> runs, ToDoubleFunction<T> value) {
        return Spread.of(runs.stream().mapToDouble(value).toArray());
    }
}
