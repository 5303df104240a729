package dev.foretoken.bench.prediction;

import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

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

    private record Run(double exact, double predicted, double alone, PartTimer.Parts parts) {}

    /** Of each length, after one round over them that does not count. */
    List<PrefillReport.Reading> measure(List<Integer> lengths, int rounds) throws InterruptedException {
        List<List<Run>> runs = new ArrayList<>();
        lengths.forEach(length -> runs.add(new ArrayList<>()));
        long all = (long) (rounds + 1)
                * lengths.stream().mapToInt(Integer::intValue).sum();
        long done = 0;
        for (int round = 0; round <= rounds; round++) {
            for (int i = 0; i < lengths.size(); i++) {
                bar.update(
                        done, all, (round == 0 ? "warm-up, " : "round " + round + ", ") + lengths.get(i) + " tokens");
                Run run = run(lengths.get(i));
                if (round > 0) {
                    runs.get(i).add(run);
                }
                done += lengths.get(i);
            }
        }
        List<PrefillReport.Reading> readings = new ArrayList<>();
        for (int i = 0; i < lengths.size(); i++) {
            readings.add(reading(lengths.get(i), runs.get(i)));
        }
        return readings;
    }

    private Run run(int tokens) throws InterruptedException {
        return new Run(
                ttft(pair.source().name(), tokens, PrefillOptions.EXACT),
                ttft(pair.source().name(), tokens, PREDICTED),
                ttft(pair.auxiliaryAlone().name(), tokens, PrefillOptions.EXACT),
                timer.time(Asking.randomPrompt(vocabulary, tokens, seed++)));
    }

    private double ttft(String model, int tokens, PrefillOptions prefill) throws InterruptedException {
        int[] prompt = Asking.randomPrompt(vocabulary, tokens, seed++);
        return asking.ask(asking.greedy(model, prompt, 1, prefill)).ttftSeconds();
    }

    private static PrefillReport.Reading reading(int tokens, List<Run> runs) {
        return PrefillReport.Reading.of(
                tokens,
                spread(runs, Run::exact),
                spread(runs, Run::predicted),
                spread(runs, Run::alone),
                new PartTimer.Parts(
                        spread(runs, run -> run.parts().base()).median(),
                        spread(runs, run -> run.parts().auxiliary()).median(),
                        spread(runs, run -> run.parts().maps()).median(),
                        spread(runs, run -> run.parts().last()).median()));
    }

    private static Spread spread(List<Run> runs, ToDoubleFunction<Run> value) {
        return Spread.of(runs.stream().mapToDouble(value).toArray());
    }
}
