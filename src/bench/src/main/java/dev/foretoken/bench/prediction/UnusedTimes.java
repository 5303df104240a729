package dev.foretoken.bench.prediction;

import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.request.PrefillOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What a prediction costs while nobody asks for it: exact answers of it and of its base, in turn. */
final class UnusedTimes {
    private static final long SEEDS = 7L << 33;

    private final Asking asking;
    private final int vocabulary;
    private final int generate;
    private long seed = SEEDS;

    UnusedTimes(Asking asking, int vocabulary, int generate) {
        this.asking = asking;
        this.vocabulary = vocabulary;
        this.generate = generate;
    }

    /** @param rounds that count, after one that does not */
    PredictionReport.Unused measure(String base, String loaded, int promptTokens, int rounds)
            throws InterruptedException {
        List<TimedAnswer> plain = new ArrayList<>();
        List<TimedAnswer> beside = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            TimedAnswer first = answer(base, promptTokens);
            TimedAnswer second = answer(loaded, promptTokens);
            if (round > 0) {
                plain.add(first);
                beside.add(second);
            }
        }
        Spread baseTtft = spread(plain, TimedAnswer::ttftSeconds);
        Spread loadedTtft = spread(beside, TimedAnswer::ttftSeconds);
        Spread baseTpot = spread(plain, UnusedTimes::tpot);
        Spread loadedTpot = spread(beside, UnusedTimes::tpot);
        return new PredictionReport.Unused(
                loaded,
                promptTokens,
                generate,
                baseTtft,
                loadedTtft,
                baseTpot,
                loadedTpot,
                loadedTtft.median() / baseTtft.median(),
                loadedTpot.median() / baseTpot.median());
    }

    private TimedAnswer answer(String model, int promptTokens) throws InterruptedException {
        int[] prompt = Asking.randomPrompt(vocabulary, promptTokens, seed++);
        return asking.ask(asking.greedy(model, prompt, generate, PrefillOptions.EXACT));
    }

    private static double tpot(TimedAnswer answer) {
        return answer.tpotSeconds(0, answer.tokens().length - 1);
    }

    private static Spread spread(List<TimedAnswer> answers, ToDoubleFunction<TimedAnswer> value) {
        return Spread.of(answers.stream().mapToDouble(value).toArray());
    }
}
