package dev.foretoken.bench.prediction;

import dev.foretoken.registry.measure.Question;
import dev.foretoken.registry.measure.TextCodec;
import java.util.Arrays;

/** A question as tokens, and what its answer begins with. */
record AskedQuestion(Question question, int[] prompt, int[] preamble) {
    private static final int[] NOTHING = {};

    static AskedQuestion of(Question question, Preamble preamble, TextCodec codec) {
        String before = preamble.before(question);
        return new AskedQuestion(
                question, codec.prompt(question.prompt()), before.isEmpty() ? NOTHING : codec.piece(before));
    }

    /** Whether tokens behind the preamble are the answer, up to the line break. */
    boolean isAnsweredBy(int[] generated, TextCodec codec) {
        if (generated.length <= preamble.length) {
            return false;
        }
        String text = codec.text(Arrays.copyOfRange(generated, preamble.length, generated.length));
        int end = text.indexOf('\n');
        return text.substring(0, end < 0 ? text.length() : end).strip().equals(question.answer());
    }
}
