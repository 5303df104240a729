package dev.foretoken.bench.prediction;

import dev.foretoken.bench.scripted.Script;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.registry.measure.Parallel;
import dev.foretoken.registry.measure.Proportion;
import dev.foretoken.registry.measure.Question;
import dev.foretoken.registry.measure.TextCodec;
import java.util.List;
import java.util.function.IntConsumer;

/** Asks the same questions in several ways and counts exact matches. */
final class Retention {
    private static final int LONGEST_ANSWER = 40;
    private static final int TOGETHER = 8;
    private static final int[] NOTHING = {};

    private final Asking asking;
    private final Script script;
    private final TextCodec codec;
    private final int[] lineBreak;
    private final List<Question> questions;

    Retention(Asking asking, Script script, TextCodec codec, List<Question> questions) {
        this.asking = asking;
        this.script = script;
        this.codec = codec;
        this.lineBreak = codec.piece("\n");
        this.questions = questions;
    }

    /**
     * What came of one way.
     *
     * @param inTime of the answers, those whose K and V were exact before their first token behind the preamble
     */
    record Score(Proportion right, Proportion inTime) {}

    private record Answered(boolean right, boolean inTime) {}

    Score ask(Way way, IntConsumer progress) throws InterruptedException {
        List<AskedQuestion> asked = questions.stream()
                .map(question -> AskedQuestion.of(question, way.preamble(), codec))
                .toList();
        asked.forEach(one -> script.say(one.prompt(), one.preamble()));
        // What is done in spare time depends on who else is there, so nobody is.
        int together = way.repair() == Way.RepairPoint.SLACK ? 1 : TOGETHER;
        List<Parallel.Outcome<Answered>> outcomes =
                Parallel.map(asked, together, one -> answered(way, one), progress::accept);
        asked.forEach(one -> script.say(one.prompt(), NOTHING));
        Proportion right = new Proportion(0, 0);
        Proportion inTime = new Proportion(0, 0);
        for (Parallel.Outcome<Answered> outcome : outcomes) {
            Answered answered = outcome.result();
            if (answered == null) {
                throw new ForetokenException(ErrorCode.RUNTIME_FAILED, String.valueOf(outcome.error()));
            }
            right = right.plus(answered.right());
            inTime = inTime.plus(answered.inTime());
        }
        return new Score(right, inTime);
    }

    private Answered answered(Way way, AskedQuestion one) throws InterruptedException {
        int scripted = one.preamble().length;
        int most = scripted + LONGEST_ANSWER;
        int[] stops = lineBreak.length == 1 ? lineBreak : NOTHING;
        // The preamble has line breaks of its own: they end nothing.
        GenerationRequest request = asking.greedy(way.model(), one.prompt(), most, way.options(scripted))
                .withStop(new StopConditions(most, scripted, TokenIds.of(stops)));
        TimedAnswer answer = asking.ask(request);
        PrefillUsage prefill = answer.prefill();
        boolean repaired = prefill.repairedAt() != PrefillUsage.NEVER && prefill.repairedAt() <= scripted;
        return new Answered(one.isAnsweredBy(answer.tokens(), codec), repaired);
    }
}
