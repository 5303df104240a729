package dev.foretoken.batch.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.Room;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlightLimitTest {

    private static final long PACE = Duration.ofMillis(100).toNanos();
    private static final long TICK = Duration.ofMillis(10).toNanos();
    private static final FlightConfig CONFIG = new FlightConfig(4, 1000, 3, Duration.ofMillis(100), 0.5, 0.1);
    private static final Room IDLE = new Room(10, 0, 1);
    private static final Room FULL = new Room(10, 2, 1);

    private final FlightLimit limit = new FlightLimit(CONFIG);
    private long now;

    private int after(Room room, int inFlight) {
        now += PACE;
        limit.report(room, inFlight, now);
        return limit.limit();
    }

    @Test
    void doublesUntilEnginesAreFullAndAddsAStepFromThenOn() {
        assertThat(limit.limit()).isEqualTo(4);
        assertThat(after(IDLE, 4)).isEqualTo(8);
        assertThat(after(IDLE, 8)).isEqualTo(16);
        assertThat(after(FULL, 16)).isEqualTo(8);
        assertThat(after(IDLE, 8)).isEqualTo(11);
        assertThat(after(IDLE, 11)).isEqualTo(14);
    }

    @Test
    void growsOnlyWhereItIsWhatHoldsRequestsBack() {
        assertThat(after(IDLE, 3)).isEqualTo(4);
        assertThat(after(Room.UNKNOWN, 4)).isEqualTo(8);
    }

    @Test
    void aFewThatWaitKeepRowsFilled() {
        assertThat(after(new Room(10, 1, 1), 4)).isEqualTo(4);
        assertThat(after(new Room(80, 10, 1), 4)).isEqualTo(4);
        assertThat(after(new Room(80, 11, 1), 4)).isEqualTo(2);
        assertThat(after(new Room(0, 1, 1), 4)).isEqualTo(2);
    }

    @Test
    void blocksThatRunOutHoldItAndThenShrinkIt() {
        assertThat(after(new Room(10, 0, 0.2), 4)).isEqualTo(8);
        assertThat(after(new Room(10, 0, 0.19), 8)).isEqualTo(8);
        assertThat(after(new Room(10, 0, 0.1), 8)).isEqualTo(8);
        assertThat(after(new Room(10, 0, 0.09), 8)).isEqualTo(4);
    }

    @Test
    void shrinksFromWhatIsUnderWayAndNeverBelowOne() {
        after(IDLE, 4);
        after(IDLE, 8);
        assertThat(after(FULL, 6)).isEqualTo(3);
        assertThat(after(FULL, 3)).isEqualTo(1);
        assertThat(after(FULL, 1)).isEqualTo(1);
        assertThat(after(FULL, 0)).isEqualTo(1);
        assertThat(after(IDLE, 1)).isEqualTo(4);
    }

    @Test
    void changesHaveTimeToShow() {
        limit.report(IDLE, 4, 0);
        limit.report(IDLE, 8, PACE - 1);
        limit.report(FULL, 8, PACE - 1);
        assertThat(limit.limit()).isEqualTo(8);
        limit.report(FULL, 8, PACE);
        limit.report(FULL, 8, 2 * PACE - 1);
        assertThat(limit.limit()).isEqualTo(4);
    }

    @Test
    void aRefusalCountsAtOnceAndThoseWithItNoMore() {
        limit.report(IDLE, 4, 0);
        limit.refused(8, 1);
        limit.refused(8, 2);
        limit.refused(8, PACE);
        assertThat(limit.limit()).isEqualTo(4);
        limit.refused(4, PACE + 1);
        assertThat(limit.limit()).isEqualTo(2);
    }

    /** Of a clock that counts from anywhere, as System.nanoTime does. */
    @Test
    void theClockMayBeNegative() {
        now = -5 * PACE;
        assertThat(after(IDLE, 4)).isEqualTo(8);
        assertThat(after(IDLE, 8)).isEqualTo(16);
    }

    @Test
    void itIsBounded() {
        FlightLimit small = new FlightLimit(FlightConfig.upTo(10));
        for (int i = 1; i < 20; i++) {
            small.report(IDLE, small.limit(), i * Duration.ofSeconds(1).toNanos());
        }
        assertThat(small.limit()).isEqualTo(10);
        assertThat(new FlightLimit(FlightConfig.upTo(1)).limit()).isOne();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        Duration pace = CONFIG.pace();
        assertThatThrownBy(() -> new FlightConfig(1, 0, 1, pace, 0.5, 0.1)).hasMessageContaining("batch.flight.most=0");
        assertThatThrownBy(() -> new FlightConfig(5, 4, 1, pace, 0.5, 0.1))
                .hasMessageContaining("batch.flight.first=5");
        assertThatThrownBy(() -> new FlightConfig(1, 4, 0, pace, 0.5, 0.1)).hasMessageContaining("batch.flight.step=0");
        assertThatThrownBy(() -> new FlightConfig(1, 4, 1, Duration.ZERO, 0.5, 0.1))
                .hasMessageContaining("batch.flight.pace");
        assertThatThrownBy(() -> new FlightConfig(1, 4, 1, pace, 1, 0.1))
                .hasMessageContaining("batch.flight.shrink-to");
        assertThatThrownBy(() -> new FlightConfig(1, 4, 1, pace, 0.5, 0.5)).hasMessageContaining("batch.flight.scarce");
    }

    /** Runs the batch against an engine for so many ticks; as many interactive requests are kept under way. Returns the mean of busy rows. */
    private double run(SimulatedEngine engine, FlightLimit flight, int ticks, int interactive, int blocks) {
        long busy = 0;
        for (int i = 0; i < ticks; i++) {
            now += TICK;
            while (engine.interactive() < interactive && engine.submit(false, blocks)) {
                // As many as there should be.
            }
            boolean taken = true;
            while (taken && engine.ofBatch() < flight.limit()) {
                taken = engine.submit(true, blocks);
                if (!taken) {
                    flight.refused(engine.ofBatch() + 1, now);
                }
            }
            engine.tick();
            flight.report(engine.room(), engine.ofBatch(), now);
            busy += engine.running();
        }
        return (double) busy / ticks;
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 64, 256})
    void fillsTheRowsOfAnEngineOfAnySize(int rows) {
        SimulatedEngine engine = new SimulatedEngine(rows, 1_000_000, 10_000, rows);
        FlightLimit flight = new FlightLimit(FlightConfig.upTo(4096));
        run(engine, flight, 2000, 0, 1);
        assertThat(run(engine, flight, 4000, 0, 1)).isGreaterThan(0.95 * rows);
        assertThat(flight.limit()).isLessThan(2 * rows + 8);
    }

    @Test
    void fillsTheBlocksOfAnEngineWhoseMemoryEndsFirst() {
        SimulatedEngine engine = new SimulatedEngine(512, 1000, 10_000, 1);
        FlightLimit flight = new FlightLimit(FlightConfig.upTo(4096));
        run(engine, flight, 2000, 0, 10);
        assertThat(run(engine, flight, 4000, 0, 10)).isBetween(85.0, 100.0);
        assertThat(flight.limit()).isLessThan(130);
    }

    @Test
    void leavesWhatInteractiveRequestsNeedAndTakesItBack() {
        SimulatedEngine engine = new SimulatedEngine(64, 1_000_000, 10_000, 2);
        FlightLimit flight = new FlightLimit(FlightConfig.upTo(4096));
        run(engine, flight, 2000, 0, 1);
        run(engine, flight, 1000, 40, 1);
        assertThat(flight.limit()).isLessThan(40);
        assertThat(run(engine, flight, 2000, 40, 1)).isGreaterThan(0.95 * 64);
        run(engine, flight, 2000, 0, 1);
        assertThat(run(engine, flight, 2000, 0, 1)).isGreaterThan(0.95 * 64);
    }

    /** Where nothing is reported, refusals say it. */
    @Test
    void findsTheBoundOfAQueueThatOnlyRefuses() {
        SimulatedEngine engine = new SimulatedEngine(16, 1_000_000, 16, 3);
        FlightLimit flight = new FlightLimit(FlightConfig.upTo(4096));
        long refused = 0;
        for (int i = 0; i < 4000; i++) {
            now += TICK;
            if (engine.ofBatch() < flight.limit() && !engine.submit(true, 1)) {
                refused++;
                flight.refused(engine.ofBatch() + 1, now);
            }
            engine.tick();
            flight.report(Room.UNKNOWN, engine.ofBatch(), now);
        }
        assertThat(flight.limit()).isBetween(16, 40);
        assertThat(refused).isBetween(1L, 200L);
    }
}
