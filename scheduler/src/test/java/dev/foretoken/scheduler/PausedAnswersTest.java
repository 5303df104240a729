package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.of;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.request.Priority;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One tenant was served much; now its answer goes on, and the prompt of another comes. Steps hold 16 prompt tokens beside answers. */
class PausedAnswersTest {

    private static final int CONTEXT = 512;
    private static final int BESIDE_DECODE = 16;
    private static final int LONG_PROMPT = 400;

    private static SchedulerBench bench(int blocks) {
        SchedulerConfig config = new SchedulerConfig(4, 128, BESIDE_DECODE, 100, true, 3);
        SchedulerBench bench = new SchedulerBench(FakeModel.ofContext(100, CONTEXT), config, blocks);
        for (int i = 0; i < 16; i++) {
            bench.submit(of(distinct("before" + i, LONG_PROMPT, 4), "loud", Priority.NORMAL));
            bench.runToEnd();
        }
        bench.submit(of(distinct("answer", LONG_PROMPT, 100), "loud", Priority.NORMAL));
        while (bench.scheduler.state().running.size() == 0
                || !bench.scheduler.state().running.anyGenerates()) {
            bench.step();
        }
        return bench;
    }

    private static int blocks(int tokens) {
        return tokens
                / FakeModel.ofContext(100, CONTEXT).shape().base().caches().blockTokens();
    }

    private static Map<String, Integer> tokens(List<SchedulerBench.Row> rows) {
        return rows.stream().collect(Collectors.toMap(SchedulerBench.Row::request, SchedulerBench.Row::count));
    }

    @Test
    void anAnswerWaitsOneStepForAPromptThatThenHasTwiceAsManyTokens() {
        SchedulerBench bench = bench(blocks(4 * CONTEXT));
        bench.submit(of(distinct("quiet", 3 * BESIDE_DECODE, 2), "quiet", Priority.NORMAL));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("quiet", 2 * BESIDE_DECODE));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("answer", 1, "quiet", BESIDE_DECODE));
    }

    @Test
    void noAnswerWaitsForAPromptThatGetsNoPlaceAndNobodyElseHasMoreTokensMeanwhile() {
        SchedulerBench bench = bench(blocks(CONTEXT + 4 * BESIDE_DECODE));
        bench.submit(of(distinct("third", 4 * BESIDE_DECODE, 2), "third", Priority.LOW));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("answer", 1, "third", BESIDE_DECODE));
        bench.submit(of(distinct("quiet", LONG_PROMPT, 2), "quiet", Priority.NORMAL));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("answer", 1, "third", BESIDE_DECODE));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("answer", 1, "third", BESIDE_DECODE));
    }
}
