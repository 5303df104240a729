package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.PredictionTest.predicted;
import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bench's clock turns by a nanosecond per step. */
class PromptnessTest {

    private static final int STEP_TOKENS = 64;
    private static final int ENOUGH = 1000;
    private static final Priority LOW = Priority.values()[Priority.values().length - 1];

    private final SchedulerBench bench = bench(8);

    private static SchedulerBench bench(int running) {
        return new SchedulerBench(
                FakeModel.ofContext(100, 512), new SchedulerConfig(running, STEP_TOKENS, 32, 100, true, 3), 400);
    }

    private static GenerationRequest hoping(String id, int promptTokens, int nanos) {
        return hoping(id, promptTokens, nanos, Priority.NORMAL);
    }

    private static GenerationRequest hoping(String id, int promptTokens, int nanos, Priority priority) {
        return distinct(id, promptTokens, 2)
                .withService(new ServiceLevel(priority, Optional.empty(), Optional.of(Duration.ofNanos(nanos))));
    }

    private static List<String> requests(List<SchedulerBench.Row> rows) {
        return rows.stream().map(SchedulerBench.Row::request).toList();
    }

    private static int tokens(List<SchedulerBench.Row> rows, String request) {
        return rows.stream()
                .filter(row -> row.request().equals(request))
                .mapToInt(SchedulerBench.Row::count)
                .sum();
    }

    @Test
    void theShortestPromptGoesFirstAmongThoseThatCanBeInTime() {
        bench.submit(hoping("long", 300, ENOUGH));
        bench.submit(hoping("short", 50, ENOUGH));
        List<SchedulerBench.Row> first = bench.step();
        assertThat(tokens(first, "short")).isEqualTo(50);
        assertThat(tokens(first, "long")).isEqualTo(STEP_TOKENS - 50);
    }

    @Test
    void aPromptThatIsBeingComputedWaitsForAShorterOneThatComesLater() {
        bench.submit(hoping("long", 300, ENOUGH));
        assertThat(requests(bench.step())).containsExactly("long");
        bench.submit(hoping("short", STEP_TOKENS, ENOUGH));
        assertThat(tokens(bench.step(), "short")).isEqualTo(STEP_TOKENS);
    }

    @Test
    void whoIsLateStandsBehindThoseInTimeButKeepsAShareOfEveryStep() {
        bench.submit(hoping("late", 300, 2));
        bench.step();
        bench.step();
        bench.submit(hoping("timely", 200, ENOUGH));
        List<SchedulerBench.Row> rows = bench.step();
        assertThat(tokens(rows, "timely")).isEqualTo(STEP_TOKENS * 3 / 4);
        assertThat(tokens(rows, "late")).isEqualTo(STEP_TOKENS / 4);
    }

    @Test
    void theOldestIsOvertakenAFewTimesOnly() {
        SchedulerBench narrow = bench(1);
        narrow.submit(hoping("busy", 20, ENOUGH));
        narrow.step();
        EventRecord patient = narrow.submit(distinct("patient", 100, 2));
        for (int i = 0; i < 20; i++) {
            narrow.submit(hoping("r" + i, 20, ENOUGH));
        }
        int before = 0;
        while (patient.of(0).isEmpty()) {
            narrow.step();
            before = (int) narrow.records.stream()
                    .filter(record -> record != patient && !record.of(0).isEmpty())
                    .count();
        }
        assertThat(before).isEqualTo(1 + TenantLine.OVERTAKING);
    }

    @Test
    void anObjectiveIsNoWayPastAHigherClass() {
        bench.submit(hoping("batch", 300, ENOUGH, LOW));
        bench.step();
        bench.submit(distinct("urgent", 300, 2).withService(ServiceLevel.DEFAULT.withPriority(Priority.values()[0])));
        bench.submit(hoping("brief", 20, ENOUGH, LOW));
        for (int i = 0; i < 3; i++) {
            List<SchedulerBench.Row> rows = bench.step();
            assertThat(tokens(rows, "urgent")).isGreaterThanOrEqualTo(Math.max(16, tokens(rows, "batch")));
        }
    }

    @Test
    void withoutObjectivesTheOldestGoesFirst() {
        bench.submit(distinct("first", 300, 2));
        bench.submit(distinct("second", 20, 2));
        assertThat(requests(bench.step())).containsExactly("first", "second");
        assertThat(tokens(bench.step(), "first")).isGreaterThan(0);
    }

    private static GenerationRequest low(GenerationRequest request) {
        return of(LOW, request);
    }

    private static GenerationRequest of(Priority priority, GenerationRequest request) {
        return request.withService(request.service().withPriority(priority));
    }

    @ParameterizedTest
    @EnumSource(names = {"LOW", "BATCH"})
    void aLowerClassTakesNothingFromAPromptAboveItWhetherItRunsWaitsOrIsLate(Priority lower) {
        for (boolean late : new boolean[] {false, true}) {
            for (boolean hoping : new boolean[] {false, true}) {
                SchedulerBench mixed = bench(8);
                mixed.submit(of(lower, late ? hoping("lower", 300, 1) : distinct("lower", 300, 2)));
                mixed.step();
                mixed.submit(hoping ? hoping("urgent", 100, ENOUGH) : distinct("urgent", 100, 2));
                mixed.submit(of(lower, distinct("waiting", 300, 2)));
                assertThat(tokens(mixed.step(), "urgent")).isEqualTo(STEP_TOKENS);
                List<SchedulerBench.Row> rows = mixed.step();
                assertThat(tokens(rows, "urgent")).isEqualTo(100 - STEP_TOKENS);
                assertThat(tokens(rows, "lower") + tokens(rows, "waiting"))
                        .as("what is left, which offline work does not fill while somebody waits")
                        .isEqualTo(lower == Priority.BATCH ? 0 : 2 * STEP_TOKENS - 100);
            }
        }
    }

    @Test
    void aShortPromptOfALowerClassDoesNotOvertakeALongOneInTime() {
        bench.submit(hoping("long", 300, ENOUGH));
        bench.step();
        bench.submit(hoping("short", 20, ENOUGH, LOW));
        assertThat(tokens(bench.step(), "long")).isEqualTo(STEP_TOKENS);
    }

    @Test
    void aLowerClassTakesNothingFromAPromptAboveItInTheAuxiliary() {
        for (boolean hoping : new boolean[] {false, true}) {
            SchedulerBench filling = new SchedulerBench(PredictionTest.MODEL, PredictionTest.CONFIG, 200);
            filling.submit(low(predicted(distinct("batch", 250, 2))));
            filling.step();
            filling.submit(predicted(hoping ? hoping("urgent", 200, ENOUGH) : distinct("urgent", 200, 2)));
            List<SchedulerBench.Row> rows = List.of();
            while (tokens(rows, "urgent") == 0) {
                rows = filling.step();
            }
            assertThat(rows).allMatch(row -> row.part() == 1);
            assertThat(tokens(rows, "urgent")).isEqualTo(PredictionTest.CONFIG.maxTokensPerStep());
            assertThat(tokens(rows, "batch")).isZero();
        }
    }
}
