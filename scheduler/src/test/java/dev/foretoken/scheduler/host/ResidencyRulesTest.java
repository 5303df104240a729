package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.scheduler.host.Resident.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules by example, and under random traffic on a clock of its own. */
class ResidencyRulesTest {

    private static final long SECOND = 1_000_000_000L;
    private static final ResidencyConfig CONFIG = ResidencyConfig.DEFAULT;

    private static ModelNeed need(long least, long good) {
        return new ModelNeed(least, 0, 0, least, good);
    }

    private static Resident loaded(String name, long bytes, long lastUse, boolean busy) {
        return new Resident(name, Standing.LOADED, false, busy, false, bytes, need(bytes, bytes), lastUse, 0, Set.of());
    }

    private static Resident wanted(String name, ModelNeed need, long since, Set<String> beside) {
        return new Resident(name, Standing.WANTED, false, false, false, 0, need, 0, since, beside);
    }

    private static Resident kept(Resident model) {
        return new Resident(
                model.name(),
                model.standing(),
                true,
                model.busy(),
                false,
                model.bytes(),
                model.need(),
                model.lastUse(),
                0,
                Set.of());
    }

    private static Resident released(Resident model) {
        return new Resident(
                model.name(),
                model.standing(),
                false,
                model.busy(),
                true,
                model.bytes(),
                model.need(),
                model.lastUse(),
                0,
                Set.of());
    }

    private static ResidencyStep next(long budget, long now, Resident... models) {
        long left = budget - List.of(models).stream().mapToLong(Resident::bytes).sum();
        return new ResidencyRules(CONFIG, budget).next(List.of(models), left, now);
    }

    @Test
    void loadsTheOneThatWaitedLongestWhereThereIsRoom() {
        assertThat(next(
                        100,
                        9 * SECOND,
                        wanted("a", need(10, 20), 8 * SECOND, Set.of()),
                        wanted("b", need(10, 20), 7 * SECOND, Set.of())))
                .isEqualTo(new ResidencyStep.Load("b"));
    }

    @Test
    void unloadsTheLeastRecentlyUsedIdleOneAndNoBusyOne() {
        Resident wanted = wanted("new", need(40, 40), 100 * SECOND, Set.of());
        assertThat(next(
                        100,
                        100 * SECOND,
                        loaded("busy", 30, 1 * SECOND, true),
                        loaded("old", 30, 2 * SECOND, false),
                        loaded("newer", 30, 3 * SECOND, false),
                        wanted))
                .isEqualTo(new ResidencyStep.Leave("old"));
    }

    @Test
    void leavesInPeaceWhatWasAskedForAMomentAgo() {
        Resident wanted = wanted("new", need(80, 80), 99 * SECOND, Set.of());
        assertThat(next(100, 100 * SECOND, loaded("old", 30, 99 * SECOND, false), wanted))
                .isEqualTo(new ResidencyStep.Wait(
                        99 * SECOND + CONFIG.minResidency().toNanos()));
        assertThat(next(100, 102 * SECOND, loaded("old", 30, 99 * SECOND, false), wanted))
                .isEqualTo(new ResidencyStep.Leave("old"));
    }

    @Test
    void loadsIntoCrampedRoomRatherThanUnloadABusyModel() {
        Resident wanted = wanted("new", need(50, 80), 99 * SECOND, Set.of());
        assertThat(next(100, 100 * SECOND, loaded("busy", 30, 99 * SECOND, true), wanted))
                .isEqualTo(new ResidencyStep.Load("new"));
    }

    @Test
    void drainsABusyModelWhenRequestsHaveWaitedTooLong() {
        Resident wanted = wanted("new", need(80, 80), 90 * SECOND, Set.of());
        assertThat(next(100, 100 * SECOND, loaded("busy", 30, 99 * SECOND, true), wanted))
                .isEqualTo(new ResidencyStep.Leave("busy"));
        assertThat(next(100, 91 * SECOND, loaded("busy", 30, 90 * SECOND, true), wanted))
                .isEqualTo(
                        new ResidencyStep.Wait(90 * SECOND + CONFIG.drainAfter().toNanos()));
    }

    @Test
    void drainsAReleasedModelAtOnceAndBeforeOthers() {
        Resident wanted = wanted("new", need(60, 60), 100 * SECOND, Set.of());
        assertThat(next(
                        100,
                        100 * SECOND,
                        loaded("idle", 30, 1 * SECOND, false),
                        released(loaded("released", 30, 99 * SECOND, true)),
                        wanted))
                .isEqualTo(new ResidencyStep.Leave("released"));
    }

    @Test
    void refusesWhatDoesNotFitBesideWhatStays() {
        Resident wanted = wanted("new", need(80, 80), 0, Set.of());
        assertThat(next(100, 100 * SECOND, kept(loaded("kept", 30, 0, false)), wanted))
                .isEqualTo(new ResidencyStep.Refuse("new", Set.of("kept")));
        assertThat(next(100, 100 * SECOND, loaded("old", 30, 0, false), wanted("new", need(80, 80), 0, Set.of("old"))))
                .isEqualTo(new ResidencyStep.Refuse("new", Set.of("old")));
        assertThat(next(100, 0, wanted("new", need(101, 101), 0, Set.of())))
                .isEqualTo(new ResidencyStep.Refuse("new", Set.of()));
    }

    @Test
    void holdsToTheNumberOfModelsThatMayBeLoaded() {
        ResidencyRules rules = new ResidencyRules(CONFIG.withLimits(1, 8), 1000);
        Resident wanted = wanted("new", need(1, 1), 0, Set.of());
        assertThat(rules.next(List.of(loaded("old", 1, 0, false), wanted), 999, 100 * SECOND))
                .isEqualTo(new ResidencyStep.Leave("old"));
    }

    /** Models of random size, requests of random length: the budget holds, nobody busy is taken out, and every request ends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void keepsTheBudgetAndEndsEveryRequestUnderRandomTraffic(long seed) {
        ResidencyWorld world = new ResidencyWorld(new Random(seed), CONFIG, 12, 100);
        List<Long> waits = new ArrayList<>();
        for (int request = 0; request < 1_500; request++) {
            world.request();
            world.elapse(Duration.ofMillis(200));
        }
        world.finish(waits);
        assertThat(world.asked()).isEqualTo(1_500);
        assertThat(world.answered() + world.refused()).isEqualTo(world.asked());
        assertThat(world.answered()).isGreaterThan(500);
        assertThat(world.loads()).isGreaterThan(20);
        assertThat(waits).allMatch(wait -> wait < Duration.ofMinutes(30).toNanos());
    }
}
