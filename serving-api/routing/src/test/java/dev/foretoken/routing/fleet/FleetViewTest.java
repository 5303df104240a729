package dev.foretoken.routing.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.ExpectedTtft;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.Standing;
import dev.foretoken.routing.prefix.PromptPlaces;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A prompt token takes 1 ms; reports are believed for a second. */
class FleetViewTest {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final PrefillCost COST = new PrefillCost(MILLI, 0, 0, 1);

    private final FleetView view = new FleetView(FleetConfig.DEFAULT);
    private final RoutePolicy policy = new ExpectedTtft();

    private static ModelLoad load(int sequences, long queuedTokens) {
        return new ModelLoad(
                "m", 0, sequences, 16, 100, 0, new PromptWork(queuedTokens, 0, 0, 0), COST, LoadCounters.ZERO);
    }

    private void report(String endpoint, int sequences, long queuedTokens, long at) {
        view.report(
                endpoint, new EndpointReport(Standing.READY, Set.of(), Optional.of(load(sequences, queuedTokens)), at));
    }

    private void say(String endpoint, Standing standing, long at) {
        view.report(endpoint, new EndpointReport(standing, Set.of(), Optional.empty(), at));
    }

    private CandidateFeatures see(String endpoint, long now) {
        FleetLook look = view.look(FleetQuestion.of(10), now, 0);
        return look.features().candidates().get(look.endpoints().indexOf(endpoint));
    }

    @Test
    void workIsWhatWasReportedAndSentLessTheTimeThatHasPassed() {
        report("a", 1, 100, 0);
        assertThat(see("a", 0).aheadNanos()).isEqualTo(100.0 * MILLI);
        view.sent("a", 60, 10, 1, 20 * MILLI);
        assertThat(see("a", 20 * MILLI).aheadNanos()).isEqualTo(130.0 * MILLI);
        assertThat(see("a", 20 * MILLI).sentTokens()).isEqualTo(50);
        assertThat(see("a", 500 * MILLI).aheadNanos()).isZero();
        view.sent("a", 30, 0, 1, 500 * MILLI);
        assertThat(see("a", 500 * MILLI).aheadNanos()).isEqualTo(30.0 * MILLI);
    }

    @Test
    void aNewReportSaysWhatWasSentUnlessItCannotHaveSeenIt() {
        report("a", 0, 0, 0);
        view.sent("a", 40, 0, 1, MILLI);
        report("a", 1, 38, 3 * MILLI);
        assertThat(see("a", 3 * MILLI).aheadNanos()).isEqualTo(38.0 * MILLI);
        assertThat(see("a", 3 * MILLI).sentTokens()).isZero();
        view.sent("a", 40, 0, 1, 4 * MILLI);
        view.sent("a", 40, 0, 1, 4 * MILLI);
        report("a", 2, 70, 5 * MILLI);
        assertThat(see("a", 5 * MILLI).aheadNanos())
                .as("one of three is not among two")
                .isEqualTo(110.0 * MILLI);
    }

    @Test
    void theSameReportAgainChangesNothing() {
        report("a", 0, 0, 0);
        view.sent("a", 40, 0, 1, 0);
        report("a", 0, 0, 0);
        assertThat(see("a", 0).aheadNanos()).isEqualTo(40.0 * MILLI);
    }

    @Test
    void whatWasSentCountsUntilItEndsOnce() {
        report("a", 0, 0, 0);
        SentRequest sent = view.sent("a", 10, 0, 3, 0);
        assertThat(see("a", 0).inFlight()).isEqualTo(3);
        sent.ended();
        sent.ended();
        assertThat(see("a", 0).inFlight()).isZero();
        assertThat(see("a", 0).lastTurn()).isEqualTo(1);
    }

    @Test
    void reportsGrowStale() {
        report("a", 0, 0, 0);
        assertThat(see("a", 1_000 * MILLI).fresh()).isTrue();
        assertThat(see("a", 1_001 * MILLI).fresh()).isFalse();
    }

    @Test
    void standingsAreThoseOfTheQuestion() {
        report("a", 0, 0, 0);
        say("b", Standing.LOADABLE, 0);
        FleetQuestion adapter =
                new FleetQuestion(10, Optional.of("lora"), Set.of(), Set.of(), HeldPrefixes.NONE, endpoint -> 1);
        assertThat(standings(adapter)).containsExactly(Standing.LACKS_ADAPTER, Standing.LOADABLE);
        FleetQuestion broken =
                new FleetQuestion(10, Optional.empty(), Set.of("b"), Set.of("a"), HeldPrefixes.NONE, endpoint -> 3);
        assertThat(standings(broken)).containsExactly(Standing.BREAKER_OPEN, Standing.EXCLUDED);
        assertThat(view.look(broken, 0, 0).features().candidates().getFirst().slowness())
                .isEqualTo(3);
    }

    private List<Standing> standings(FleetQuestion question) {
        return view.look(question, 0, 0).features().candidates().stream()
                .map(CandidateFeatures::standing)
                .toList();
    }

    @Test
    void whoIsNotKeptIsGoneAndComesBackAsNew() {
        fill(3, 0);
        view.sent("p1", 50, 0, 1, 0);
        view.keep(Set.of("p0", "p2"));
        assertThat(view.look(FleetQuestion.of(1), 0, 0).endpoints()).containsExactly("p0", "p2");
        report("p1", 0, 0, 0);
        assertThat(see("p1", 0).inFlight()).isZero();
        assertThat(view.size()).isEqualTo(3);
    }

    @Test
    void whatOneHoldsIsKnownThoughOthersHoldMore() {
        fill(1_000, 500);
        report("p5", 0, 1, 0);
        HeldPrefixes held = held(Map.of("p1", 50, "p2", 40, "p3", 30, "p4", 20, "p5", 10));
        FleetLook look = view.look(FleetQuestion.of(100).holding(held), 0, 42);
        assertThat(look.endpoints()).contains("p1", "p2", "p3", "p4", "p5");
        for (int i = 0; i < look.endpoints().size(); i++) {
            String endpoint = look.endpoints().get(i);
            assertThat(look.features().candidates().get(i).cachedTokens())
                    .as(endpoint)
                    .isEqualTo(held.heldTokens(endpoint));
        }
    }

    @Test
    void ofManyItLooksAtHoldersDrawnOnesAndThoseWithTheLeastWork() {
        fill(1_000, 500);
        report("p700", 0, 1, 0);
        HeldPrefixes held = held(Map.of("p123", 8));
        FleetLook look = view.look(FleetQuestion.of(10).holding(held), 0, 42);
        assertThat(look.endpoints()).contains("p123", "p700").doesNotHaveDuplicates();
        assertThat(look.endpoints().size()).isBetween(5, 12);
        assertThat(look.features()
                        .candidates()
                        .get(look.endpoints().indexOf("p123"))
                        .cachedTokens())
                .isEqualTo(8);
    }

    @Test
    void thoseWithTheLeastWorkFollowWhatIsSent() {
        fill(100, 500);
        report("p7", 0, 10, 0);
        assertThat(view.look(FleetQuestion.of(10), 0, 1).endpoints()).contains("p7");
        view.sent("p7", 5_000, 0, 1, 0);
        for (int i = 0; i < 4; i++) {
            report("p" + (20 + i), 0, 20, 0);
        }
        assertThat(view.look(FleetQuestion.of(10), 0, 1).endpoints())
                .contains("p20", "p23")
                .doesNotContain("p7");
    }

    @Test
    void silentOnesDoNotTakeThePlacesOfThoseWithTheLeastWork() {
        fill(100, 500);
        for (int i = 0; i < 10; i++) {
            report("p" + i, 0, 0, -2_000 * MILLI);
        }
        report("p50", 0, 1, 0);
        assertThat(view.look(FleetQuestion.of(10), 0, 1).endpoints()).contains("p50");
    }

    @Test
    void neitherDoThoseThatFailedOfLate() {
        fill(100, 500);
        Set<String> open = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            report("p" + i, 0, 0, 0);
            open.add("p" + i);
        }
        report("p50", 0, 1, 0);
        FleetQuestion question =
                new FleetQuestion(10, Optional.empty(), Set.of(), open, HeldPrefixes.NONE, endpoint -> 1);
        assertThat(view.look(question, 0, 1).endpoints()).contains("p50");
    }

    @Test
    void findsTheFewThatCanAnswerAmongMany() {
        for (int i = 0; i < 500; i++) {
            say("p" + i, Standing.NOT_READY, 0);
        }
        report("p77", 0, 0, 0);
        assertThat(policy.choose(view.look(FleetQuestion.of(10), 0, 3).features()))
                .isNotNegative();
        assertThat(view.look(FleetQuestion.of(10), 0, 3).endpoints()).containsExactly("p77");
        FleetLook others = view.look(FleetQuestion.of(10).excluding(Set.of("p77")), 0, 3);
        assertThat(others.endpoints()).hasSize(16).doesNotContain("p77");
        assertThat(others.features().candidates()).allMatch(seen -> seen.standing() == Standing.NOT_READY);
    }

    @Test
    void aConversationStaysWhereItsPrefixIs() {
        fill(40, 0);
        Map<String, Integer> prefix = new HashMap<>();
        Random random = new Random(11);
        List<String> turns = new ArrayList<>();
        for (int turn = 0; turn < 8; turn++) {
            int prompt = 200 * (turn + 1);
            long now = turn * 900 * MILLI;
            fill(40, 0, now);
            String chosen = choose(prompt, held(prefix), random.nextLong(), now);
            view.sent(chosen, prompt, prefix.getOrDefault(chosen, 0), 1, now).ended();
            prefix.put(chosen, prompt);
            turns.add(chosen);
        }
        assertThat(Set.copyOf(turns)).hasSize(1);
    }

    @Test
    void aPrefixThatManyAskForDoesNotOverloadTheOneThatHoldsIt() {
        fill(8, 0);
        Map<String, Integer> sent = new HashMap<>();
        HeldPrefixes held = held(Map.of("p3", 900));
        Random random = new Random(12);
        for (int i = 0; i < 400; i++) {
            String chosen = choose(1_000, held, random.nextLong(), 0);
            view.sent(chosen, 1_000, chosen.equals("p3") ? 900 : 0, 1, 0);
            sent.merge(chosen, 1, Integer::sum);
        }
        double most = IntStream.range(0, 8)
                .mapToDouble(i -> see("p" + i, 0).aheadNanos())
                .max()
                .orElseThrow();
        double least = IntStream.range(0, 8)
                .mapToDouble(i -> see("p" + i, 0).aheadNanos())
                .min()
                .orElseThrow();
        assertThat(sent.get("p3")).as("it takes more than its share").isGreaterThan(100);
        assertThat(most).as("but no more work than the others").isLessThan(1.2 * least);
    }

    private String choose(int promptTokens, HeldPrefixes held, long draw, long now) {
        FleetLook look = view.look(FleetQuestion.of(promptTokens).holding(held), now, draw);
        return look.endpoints().get(policy.choose(look.features()));
    }

    private void fill(int endpoints, long queuedTokens) {
        fill(endpoints, queuedTokens, 0);
    }

    private void fill(int endpoints, long queuedTokens, long at) {
        for (int i = 0; i < endpoints; i++) {
            report("p" + i, 0, queuedTokens, at);
        }
    }

    private static HeldPrefixes held(Map<String, Integer> tokens) {
        return new HeldPrefixes() {
            @Override
            public int heldTokens(String endpoint) {
                return tokens.getOrDefault(endpoint, 0);
            }

            @Override
            public List<PromptPlaces.Held> longest(int most, long draw) {
                return tokens.entrySet().stream()
                        .map(entry -> new PromptPlaces.Held(entry.getKey(), entry.getValue()))
                        .sorted(Comparator.comparingInt(PromptPlaces.Held::tokens)
                                .reversed())
                        .limit(most)
                        .toList();
            }
        };
    }
}
