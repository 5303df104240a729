package dev.foretoken.bench.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class ScriptedRuntimeTest {
    private static final int[] PROMPT = {70, 90, 110, 130, 150, 90, 71};
    private static final int[] BEGINNING = {100, 101, 102, 103};

    @Test
    void goesOnBehindWhatWasSaidAsBehindAPromptThatEndsWithIt() throws InterruptedException {
        Script script = new Script();
        try (LocalEngine engine = LocalEngine.open(
                LocalEngine.source("tiny", "random:tiny"),
                RuntimeOptions.DEFAULT,
                DeviceSpec.cpu(1),
                runtime -> new ScriptedRuntime(runtime, script))) {
            List<Integer> drawn = answer(engine, PROMPT, 9);
            int[] both = IntStream.concat(IntStream.of(PROMPT), IntStream.of(BEGINNING))
                    .toArray();
            List<Integer> behind = answer(engine, both, 5);
            script.say(PROMPT, BEGINNING);
            List<Integer> scripted = answer(engine, PROMPT, 9);
            assertThat(scripted.subList(0, 4)).containsExactly(100, 101, 102, 103);
            assertThat(scripted.subList(4, 9)).isEqualTo(behind);
            assertThat(scripted).isNotEqualTo(drawn);
            script.say(PROMPT, new int[0]);
            assertThat(answer(engine, PROMPT, 9)).isEqualTo(drawn);
        }
    }

    private static List<Integer> answer(LocalEngine engine, int[] prompt, int tokens) throws InterruptedException {
        Generation generation = engine.engine()
                .submit(GenerationRequest.greedy("r", engine.model().name(), Prompt.of(prompt), tokens));
        List<Integer> ids = new ArrayList<>();
        while (!generation.isDone()) {
            if (generation.next(Duration.ofMinutes(2)).orElseThrow() instanceof EngineEvent.TokenGenerated token) {
                ids.add(token.tokenId());
            }
        }
        return ids;
    }
}
