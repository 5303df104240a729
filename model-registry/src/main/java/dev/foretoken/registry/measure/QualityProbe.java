package dev.foretoken.registry.measure;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Asks a model every question of a set and scores every text, then compares with a reference that was asked the same. */
public final class QualityProbe {

    /** Of the reference, kept for every position. */
    private static final int REFERENCE_ALTERNATIVES = 64;
    /** Of what is compared: the most a runtime lists. */
    private static final int ALTERNATIVES = 1024;

    private static final int LONGEST_ANSWER = 40;
    private static final int TOGETHER = 8;

    private final EvalSet items;
    private final TextCodec codec;
    private final int[] lineBreak;

    public QualityProbe(EvalSet items, TextCodec codec) {
        this.items = items;
        this.codec = codec;
        this.lineBreak = codec.piece("\n");
    }

    /** What a model said: the share of right answers, and for each text and position the likeliest tokens. */
    public record Said(Proportion answers, List<List<TokenLogprobs>> scores) {
        public Said {
            scores = List.copyOf(scores);
        }

        /** Of all texts. */
        public long tokens() {
            return scores.stream().mapToLong(List::size).sum();
        }

        /** Cross-entropy of the texts. */
        public double natsPerToken() {
            double sum = 0;
            for (List<TokenLogprobs> text : scores) {
                for (TokenLogprobs token : text) {
                    sum -= token.logprob();
                }
            }
            return tokens() == 0 ? 0 : sum / tokens();
        }
    }

    /** How many things a model is asked. */
    public int size() {
        return items.questions().size() + items.texts().size();
    }

    /**
     * Asks the model that others are compared with.
     *
     * @param progress told how many of {@link #size} things were asked, on any thread
     * @throws ForetokenException what the engine fails with
     */
    public Said reference(AskedModel model, IntConsumer progress) throws InterruptedException {
        return ask(model, REFERENCE_ALTERNATIVES, progress);
    }

    /** Asks a model and compares: see {@link #reference}. */
    public Measurement.Quality measure(AskedModel model, Said reference, IntConsumer progress)
            throws InterruptedException {
        return compare(reference, ask(model, ALTERNATIVES, progress));
    }

    /** Both were asked by probes of the same set. */
    public static Measurement.Quality compare(Said reference, Said compared) {
        Divergence divergence = new Divergence();
        for (int text = 0; text < reference.scores().size(); text++) {
            List<TokenLogprobs> expected = reference.scores().get(text);
            for (int i = 0; i < expected.size(); i++) {
                divergence.add(expected.get(i), compared.scores().get(text).get(i));
            }
        }
        return new Measurement.Quality(
                Math.exp(compared.natsPerToken()),
                compared.tokens(),
                divergence.mean(),
                divergence.agreement(),
                compared.answers());
    }

    private Said ask(AskedModel model, int alternatives, IntConsumer progress) throws InterruptedException {
        List<Boolean> right = results(
                Parallel.map(items.questions(), TOGETHER, question -> isRight(model, question), progress::accept));
        Proportion answers = new Proportion(0, 0);
        for (boolean one : right) {
            answers = answers.plus(one);
        }
        int asked = right.size();
        List<List<TokenLogprobs>> scores = results(Parallel.map(
                items.texts(),
                TOGETHER,
                text -> model.scores(codec.prompt(text.text()), alternatives),
                done -> progress.accept(asked + done)));
        return new Said(answers, scores);
    }

    private boolean isRight(AskedModel model, Question question) throws InterruptedException {
        // A vocabulary that needs several tokens for a line break has none that ends an answer; the text does then.
        int[] stops = lineBreak.length == 1 ? lineBreak : new int[0];
        String text = codec.text(model.answer(codec.prompt(question.prompt()), stops, LONGEST_ANSWER));
        int end = text.indexOf('\n');
        return text.substring(0, end < 0 ? text.length() : end).strip().equals(question.answer());
    }

    private static <X> List<X> results(List<Parallel.Outcome<X>> outcomes) {
        List<X> results = new ArrayList<>();
        for (Parallel.Outcome<X> outcome : outcomes) {
            X result = outcome.result();
            if (result == null) {
                throw new ForetokenException(ErrorCode.RUNTIME_FAILED, String.valueOf(outcome.error()));
            }
            results.add(result);
        }
        return results;
    }
}
