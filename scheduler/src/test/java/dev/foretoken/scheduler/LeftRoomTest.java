package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.SchedulerBench.Row;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeftRoomTest {

    private static final int STEP_TOKENS = 256;
    private static final int LONG = 400;

    private final SchedulerBench bench = new SchedulerBench(
            FakeModel.ofContext(100, 1024), new SchedulerConfig(16, STEP_TOKENS, STEP_TOKENS, 100, true, 3), 2000);

    private static GenerationRequest of(Priority priority, GenerationRequest request) {
        return SchedulerBench.of(request, "t", priority);
    }

    private void submit(Priority priority, String id, int promptTokens, int answerTokens) {
        bench.submit(of(priority, distinct(id, promptTokens, answerTokens)));
    }

    private static int tokens(List<Row> rows, String request) {
        return rows.stream()
                .filter(row -> row.request().startsWith(request))
                .mapToInt(Row::count)
                .sum();
    }

    @Test
    void aloneItHasTheWholeStep() {
        submit(Priority.BATCH, "batch", LONG, 2);
        assertThat(tokens(bench.step(), "batch")).isEqualTo(STEP_TOKENS);
    }

    @Test
    void besideAnswersItGetsHalfOfWhatOthersStepsHold() {
        submit(Priority.NORMAL, "caller", 200, 300);
        bench.step();
        submit(Priority.BATCH, "batch", LONG, 2);
        List<Row> rows = bench.step();
        assertThat(tokens(rows, "caller")).isEqualTo(1);
        assertThat(tokens(rows, "batch")).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(names = {"HIGH", "NORMAL", "LOW"})
    void otherClassesFillTheStep(Priority priority) {
        submit(Priority.HIGH, "caller", 200, 300);
        bench.step();
        submit(priority, "other", LONG, 2);
        assertThat(tokens(bench.step(), "other")).isEqualTo(STEP_TOKENS - 1);
    }

    @Test
    void whatOthersHaveToComputeComesOffIt() {
        submit(Priority.NORMAL, "caller", 200, 300);
        bench.step();
        submit(Priority.BATCH, "batch", LONG, 2);
        submit(Priority.NORMAL, "next", 60, 2);
        List<Row> rows = bench.step();
        assertThat(tokens(rows, "next")).isEqualTo(60);
        assertThat(tokens(rows, "batch")).isEqualTo(100 - 60);
    }

    @Test
    void itsAnswersTakePlaceForTwoTokensEach() {
        for (int i = 0; i < 12; i++) {
            submit(Priority.BATCH, "batch" + i, 10, 300);
        }
        bench.step();
        assertThat(tokens(bench.step(), "batch")).isEqualTo(12);
        submit(Priority.NORMAL, "caller", 32, 300);
        assertThat(tokens(bench.step(), "batch")).isZero();
        assertThat(tokens(bench.step(), "batch")).isEqualTo(16 / 2);
    }

    @Test
    void othersAreForgottenAWhileAfterTheyLeft() {
        submit(Priority.BATCH, "batch", 10, 500);
        submit(Priority.NORMAL, "caller", 200, 2);
        bench.step();
        bench.step();
        submit(Priority.BATCH, "soon", 300, 2);
        assertThat(tokens(bench.step(), "")).isLessThan(110);
        for (int i = 0; i < LeftRoom.MEMORY; i++) {
            bench.step();
        }
        submit(Priority.BATCH, "later", 300, 2);
        assertThat(tokens(bench.step(), "")).isEqualTo(STEP_TOKENS);
    }
}
