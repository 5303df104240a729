package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeEngine;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against an engine that answers "yes" to everything and gives each token of a text -0.5. */
class QualityProbeTest {

    private static final EvalSet ITEMS = new EvalSet(
            List.of(question("yes"), question("no"), question("yes")),
            List.of(new HeldOutText("abcdef", "story", 1), new HeldOutText("ghi", "story", 1)));

    private final FakeEngine engine = new FakeEngine("m", 128).answering('y', 'e', 's', '\n', '!');
    private final QualityProbe probe = new QualityProbe(ITEMS, new Characters());
    private final AskedModel model = new AskedModel(engine, engine.models().getFirst());

    private static Question question(String answer) {
        return new Question("really?", answer, 1, 1, "plain");
    }

    @Test
    void countsAnswersThatMatchUpToTheLineBreak() throws InterruptedException {
        assertThat(probe.reference(model, done -> {}).answers()).isEqualTo(new Proportion(2, 3));
    }

    @Test
    void scoresEveryTokenButTheFirst() throws InterruptedException {
        QualityProbe.Said said = probe.reference(model, done -> {});
        assertThat(said.tokens()).isEqualTo(5 + 2);
        assertThat(said.natsPerToken()).isCloseTo(0.5, within(1e-6));
    }

    @Test
    void findsNoDifferenceBetweenEqualModels() throws InterruptedException {
        Measurement.Quality quality = probe.measure(model, probe.reference(model, done -> {}), done -> {});
        assertThat(quality.klDivergence()).isCloseTo(0, within(1e-3));
        assertThat(quality.topAgreement()).isEqualTo(1);
        assertThat(quality.perplexity()).isCloseTo(Math.exp(0.5), within(1e-5));
    }

    @Test
    void tellsHowManyThingsItHasAsked() throws InterruptedException {
        Set<Integer> told = ConcurrentHashMap.newKeySet();
        probe.reference(model, told::add);
        assertThat(told).containsExactlyInAnyOrder(1, 2, 3, 4, 5).hasSize(probe.size());
    }

    @Test
    void cutsTextsToWhatTheContextHolds() throws InterruptedException {
        EvalSet longer = new EvalSet(List.of(), List.of(new HeldOutText("x".repeat(1000), "story", 1)));
        QualityProbe.Said said = new QualityProbe(longer, new Characters()).reference(model, done -> {});
        assertThat(said.tokens()).isEqualTo(FakeEngine.CONTEXT - 2);
    }

    @Test
    void passesOnWhatTheEngineRefuses() {
        engine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "too many"));
        assertThatThrownBy(() -> probe.reference(model, done -> {}))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("too many");
    }

    @Test
    void setsAreTheSameWhereTheirTextsAre() {
        EvalSet other = new EvalSet(
                ITEMS.questions(),
                List.of(new HeldOutText("abcdef", "song", 2), ITEMS.texts().get(1)));
        EvalSet less = new EvalSet(ITEMS.questions(), ITEMS.texts().subList(0, 1));
        assertThat(other.identity()).isEqualTo(ITEMS.identity()).hasSize(16);
        assertThat(less.identity()).isNotEqualTo(ITEMS.identity());
    }

    /** One token per character. */
    private static final class Characters implements TextCodec {
        @Override
        public int[] prompt(String text) {
            return piece(text);
        }

        @Override
        public int[] piece(String text) {
            return text.chars().toArray();
        }

        @Override
        public String text(int[] ids) {
            return IntStream.of(ids)
                    .collect(StringBuilder::new, (b, c) -> b.append((char) c), StringBuilder::append)
                    .toString();
        }
    }
}
