package dev.foretoken.bench.prediction;

import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Times single answers with and without repair, in turn. */
final class RepairTimes {
    private static final long SEEDS = 3L << 33;

    private final Asking asking;
    private final int vocabulary;
    private final int generate;
    private long seed;

    RepairTimes(Asking asking, int vocabulary, int generate, long seed) {
        this.asking = asking;
        this.vocabulary = vocabulary;
        this.generate = generate;
        this.seed = seed * SEEDS;
    }

    /** When repair is due, as a caller writes it, and what that means. */
    private record Due(String name, Repair repair) {}

    private record Run(TimedAnswer exact, TimedAnswer never, TimedAnswer repaired) {
        /** The token that was the first to read exact K and V; the last one where none did. */
        int until() {
            int at = repaired.prefill().repairedAt();
            return at == PrefillUsage.NEVER ? repaired.tokens().length - 1 : at;
        }

        double tpotWhileRepairing() {
            return repaired.tpotSeconds(0, until());
        }

        double longestGap() {
            return repaired.longestGapSeconds(0, until());
        }

        double tpotExact() {
            return exact.tpotSeconds(0, exact.tokens().length - 1);
        }
    }

    /**
     * For repair in spare time and for repair after {@code preamble} tokens.
     *
     * @param rounds that count, after one that does not
     */
    List<PredictionReport.Repairing> measure(String model, int promptTokens, int preamble, int rounds)
            throws InterruptedException {
        List<PredictionReport.Repairing> all = new ArrayList<>();
        for (Due due : List.of(
                new Due("slack", Repair.SLACK), new Due(Integer.toString(preamble), new Repair.After(preamble)))) {
            List<Run> runs = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                Run run = new Run(
                        answer(model, promptTokens, PrefillOptions.EXACT),
                        answer(model, promptTokens, new PrefillOptions(PrefillMode.PREDICTED, Repair.NEVER)),
                        answer(model, promptTokens, new PrefillOptions(PrefillMode.PREDICTED, due.repair())));
                if (round > 0) {
                    runs.add(run);
                }
            }
            all.add(repairing(model, due, promptTokens, runs));
        }
        return all;
    }

    private TimedAnswer answer(String model, int promptTokens, PrefillOptions prefill) throws InterruptedException {
        int[] prompt = Asking.randomPrompt(vocabulary, promptTokens, seed++);
        return asking.ask(asking.greedy(model, prompt, generate, prefill));
    }

    private PredictionReport.Repairing repairing(String model, Due due, int promptTokens, List<Run> runs) {
        Spread exact = spread(runs, Run::tpotExact);
        Spread repairing = spread(runs, Run::tpotWhileRepairing);
        Spread gap = spread(runs, Run::longestGap);
        long done = runs.stream()
                .filter(run -> run.repaired().prefill().repairedAt() != PrefillUsage.NEVER)
                .count();
        return new PredictionReport.Repairing(
                model,
                due.name(),
                promptTokens,
                generate,
                runs.size(),
                done,
                spread(runs, Run::until),
                exact,
                spread(runs, run -> run.never().tpotSeconds(0, generate - 1)),
                repairing,
                gap,
                repairing.median() / exact.median(),
                gap.median() / exact.median());
    }

    private static Spread spread(List<Run> runs, ToDoubleFunction<Run> value) {
        return Spread.of(runs.stream().mapToDouble(value).toArray());
    }
}
