package dev.foretoken.bench.eval;

import dev.foretoken.bench.eval.MatchReport.Answered;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.registry.measure.HeldOutText;
import dev.foretoken.registry.measure.Parallel;
import dev.foretoken.registry.measure.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Counts outcomes into a report. Called from one thread. */
final class Tally {
    private static final int ERRORS_KEPT = 5;

    private final List<Answered> answers = new ArrayList<>();
    private final Map<String, Sum> losses = new TreeMap<>();
    private final List<String> errors = new ArrayList<>();
    private int failed;

    void answers(List<Question> questions, List<Parallel.Outcome<String>> outcomes) {
        for (int i = 0; i < questions.size(); i++) {
            String text = outcomes.get(i).result();
            if (text == null) {
                failed(String.valueOf(outcomes.get(i).error()));
            } else {
                answers.add(new Answered(
                        questions.get(i), text.strip().equals(questions.get(i).answer())));
            }
        }
    }

    void scores(List<HeldOutText> texts, List<Parallel.Outcome<ServedModel.Score>> outcomes) {
        for (int i = 0; i < texts.size(); i++) {
            ServedModel.Score score = outcomes.get(i).result();
            if (score == null) {
                failed(String.valueOf(outcomes.get(i).error()));
            } else {
                losses.merge(
                        texts.get(i).kind(),
                        new Sum(1, score.tokens(), score.nats(), texts.get(i).nats()),
                        Sum::plus);
            }
        }
    }

    EvalReport report(Provenance provenance, String url, String model) {
        Map<String, LossReport> lossByKind = new TreeMap<>();
        losses.forEach((kind, sum) -> lossByKind.put(kind, sum.report()));
        return new EvalReport(
                EvalReport.SCHEMA,
                provenance,
                url,
                model,
                MatchReport.of(answers),
                grouped(answer -> LengthBucket.of(answer.question().passageTokens())),
                grouped(answer -> answer.question().kind()),
                losses.values().stream().reduce(Sum.NONE, Sum::plus).report(),
                lossByKind,
                failed,
                errors);
    }

    private Map<String, MatchReport> grouped(Function<Answered, String> key) {
        Map<String, List<Answered>> groups = new TreeMap<>();
        answers.forEach(answer -> groups.computeIfAbsent(key.apply(answer), k -> new ArrayList<>())
                .add(answer));
        Map<String, MatchReport> reports = new TreeMap<>();
        groups.forEach((name, group) -> reports.put(name, MatchReport.of(group)));
        return reports;
    }

    private void failed(String error) {
        failed++;
        if (errors.size() < ERRORS_KEPT && !errors.contains(error)) {
            errors.add(error);
        }
    }

    private record Sum(int texts, long tokens, double nats, double entropy) {
        private static final Sum NONE = new Sum(0, 0, 0, 0);

        Sum plus(Sum other) {
            return new Sum(texts + other.texts, tokens + other.tokens, nats + other.nats, entropy + other.entropy);
        }

        LossReport report() {
            return LossReport.of(texts, tokens, nats, entropy);
        }
    }
}
