package dev.foretoken.bench.eval;

import dev.foretoken.registry.measure.Proportion;
import dev.foretoken.registry.measure.Question;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Exact matches of one group of questions: all, and by the number of hops. */
record MatchReport(Match all, Map<Integer, Match> byHops) {

    /** A share with its 95 % Wilson interval. */
    record Match(long matches, long questions, double share, double low, double high) {
        static Match of(Proportion p) {
            return new Match(p.successes(), p.trials(), p.value(), p.low(), p.high());
        }
    }

    /** A question that was answered, and whether the answer was the expected one. */
    record Answered(Question question, boolean matches) {}

    static MatchReport of(List<Answered> answers) {
        Proportion all = new Proportion(0, 0);
        Map<Integer, Proportion> byHops = new TreeMap<>();
        for (Answered answer : answers) {
            all = all.plus(answer.matches());
            byHops.merge(
                    answer.question().hops(),
                    new Proportion(answer.matches() ? 1 : 0, 1),
                    (sum, one) -> sum.plus(answer.matches()));
        }
        Map<Integer, Match> matches = new TreeMap<>();
        byHops.forEach((hops, proportion) -> matches.put(hops, Match.of(proportion)));
        return new MatchReport(Match.of(all), matches);
    }
}
