package dev.foretoken.bench.quality;

import dev.foretoken.bench.eval.EvalSet;
import dev.foretoken.bench.eval.HeldOutText;
import dev.foretoken.bench.eval.Parallel;
import dev.foretoken.bench.eval.Question;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.stats.Proportion;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures variants one after the other; the first one becomes the reference. */
final class QualityRun {

    /** Of the reference, kept for every position. */
    private static final int REFERENCE_ALTERNATIVES = 64;
    /** Of what is compared: the most a runtime lists. */
    private static final int ALTERNATIVES = 1024;

    private static final int LONGEST_ANSWER = 40;
    private static final int TOGETHER = 8;

    private final EvalSet items;
    private final TextTokens tokens;
    private final ProgressBar bar;
    private final int[] lineBreak;
    private final int total;
    private int measured;
    private @Nullable List<List<TokenLogprobs>> reference;

    QualityRun(EvalSet items, TextTokens tokens, ProgressBar bar, int variants) {
        this.items = items;
        this.tokens = tokens;
        this.bar = bar;
        this.lineBreak = tokens.piece("\n");
        this.total = variants * (items.questions().size() + items.texts().size());
    }

    QualityReport.Row measure(Variant variant, int threads) throws IOException, InterruptedException {
        try (OpenedVariant model = OpenedVariant.open(variant, threads)) {
            Proportion matches = answer(variant, model);
            List<List<TokenLogprobs>> scores = score(variant, model);
            List<List<TokenLogprobs>> compared = reference;
            if (compared == null) {
                compared = scores;
                reference = scores;
            }
            double nats = natsPerToken(scores);
            Divergence divergence = divergence(compared, scores);
            return new QualityReport.Row(
                    variant.name(),
                    model.heldAs(),
                    nats,
                    Math.exp(nats),
                    QualityReport.Match.of(matches),
                    divergence.agreement(),
                    divergence.mean());
        }
    }

    /** Scored tokens of all texts. */
    long textTokens() {
        return reference == null ? 0 : reference.stream().mapToLong(List::size).sum();
    }

    private Proportion answer(Variant variant, OpenedVariant model) throws IOException, InterruptedException {
        List<Question> questions = items.questions();
        List<Boolean> right = results(
                Parallel.map(questions, TOGETHER, question -> isRight(model, question), done -> show(variant, done)));
        measured += questions.size();
        Proportion matches = new Proportion(0, 0);
        for (boolean one : right) {
            matches = matches.plus(one);
        }
        return matches;
    }

    private boolean isRight(OpenedVariant model, Question question) throws InterruptedException {
        // A vocabulary that needs several tokens for a line break has none that ends an answer; the text does then.
        int[] stops = lineBreak.length == 1 ? lineBreak : new int[0];
        int[] answer = model.answer(tokens.prompt(question.prompt()), stops, LONGEST_ANSWER);
        String text = tokens.text(answer);
        int end = text.indexOf('\n');
        return text.substring(0, end < 0 ? text.length() : end).strip().equals(question.answer());
    }

    private List<List<TokenLogprobs>> score(Variant variant, OpenedVariant model)
            throws IOException, InterruptedException {
        int alternatives = reference == null ? REFERENCE_ALTERNATIVES : ALTERNATIVES;
        List<HeldOutText> texts = items.texts();
        List<List<TokenLogprobs>> scores = results(Parallel.map(
                texts,
                TOGETHER,
                text -> model.scores(tokens.prompt(text.text()), alternatives),
                done -> show(variant, done)));
        measured += texts.size();
        return scores;
    }

    private void show(Variant variant, int done) {
        bar.update(measured + done, total, variant.name());
    }

    private static <X> List<X> results(List<Parallel.Outcome<X>> outcomes) throws IOException {
        List<X> results = new ArrayList<>();
        for (Parallel.Outcome<X> outcome : outcomes) {
            X result = outcome.result();
            if (result == null) {
                throw new IOException(String.valueOf(outcome.error()));
            }
            results.add(result);
        }
        return results;
    }

    private static double natsPerToken(List<List<TokenLogprobs>> scores) {
        double sum = 0;
        long count = 0;
        for (List<TokenLogprobs> text : scores) {
            for (TokenLogprobs token : text) {
                sum -= token.logprob();
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    private static Divergence divergence(List<List<TokenLogprobs>> reference, List<List<TokenLogprobs>> compared) {
        Divergence divergence = new Divergence();
        for (int text = 0; text < reference.size(); text++) {
            for (int i = 0; i < reference.get(text).size(); i++) {
                divergence.add(reference.get(text).get(i), compared.get(text).get(i));
            }
        }
        return divergence;
    }
}
