package dev.foretoken.bench.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EchoEngineTest {

    private final List<Mark> marks = new ArrayList<>();
    private long now = 100;
    private final EchoEngine engine = new EchoEngine("echo", new ModelInfo.Sizes(1000, 64), () -> now, marks::add);

    @Test
    void everyStepGivesEachRequestOneTokenOfItsPromptBehindTheFirst() throws Exception {
        Generation generation = engine.submit(request(3));
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        engine.step();
        assertThat(taken(generation))
                .containsExactly(new EngineEvent.Started(0, 3, 0), new EngineEvent.TokenGenerated(0, 7, 3, null));
        engine.step();
        assertThat(taken(generation)).containsExactly(new EngineEvent.TokenGenerated(0, 8, 4, null));
        engine.step();
        List<EngineEvent> last = taken(generation);
        assertThat(last).hasSize(2).contains(new EngineEvent.TokenGenerated(0, 7, 5, null));
        assertThat(last.getLast()).isInstanceOfSatisfying(EngineEvent.Finished.class, end -> {
            assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(end.usage().completionTokens()).isEqualTo(3);
        });
        assertThat(generation.isDone()).isTrue();
        engine.step();
        assertThat(generation.next(Duration.ZERO)).isEmpty();
    }

    @Test
    void aMarkSaysWhenARequestCameAndWhenItsFirstTokenWent() {
        engine.submit(request(5));
        now = 250;
        engine.step();
        now = 300;
        engine.step();
        assertThat(marks).containsExactly(new Mark(request(5).sampling().seed(), 100, 250));
        assertThat(Mark.parse(marks.getFirst().line())).contains(marks.getFirst());
        assertThat(Mark.parse("something else")).isEmpty();
    }

    @Test
    void aCancelledRequestEndsWithTheNextStep() throws Exception {
        Generation generation = engine.submit(request(5));
        generation.cancel(0);
        engine.step();
        assertThat(taken(generation))
                .singleElement()
                .isInstanceOfSatisfying(
                        EngineEvent.Finished.class,
                        end -> assertThat(end.reason()).isEqualTo(FinishReason.CANCELLED));
        assertThat(generation.isDone()).isTrue();
    }

    @Test
    void severalAnswersToOnePromptAreRefused() {
        assertThatThrownBy(() -> engine.submit(request(5).withChoices(2))).isInstanceOf(ForetokenException.class);
    }

    private static List<EngineEvent> taken(Generation generation) throws InterruptedException {
        List<EngineEvent> all = new ArrayList<>();
        for (Optional<EngineEvent> event = generation.next(Duration.ZERO);
                event.isPresent();
                event = generation.next(Duration.ZERO)) {
            all.add(event.get());
        }
        return all;
    }

    private static GenerationRequest request(int tokens) {
        return GenerationRequest.greedy("r", "echo", Prompt.of(TokenIds.of(1, 7, 8)), tokens);
    }
}
