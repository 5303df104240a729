package dev.foretoken.routing.decision;

import static dev.foretoken.routing.policy.Candidates.busy;
import static dev.foretoken.routing.policy.Candidates.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.policy.LeastLoaded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteRingTest {

    private final RouteRecorder recorder = new RouteRecorder(new LeastLoaded());
    private final RouteRing ring = new RouteRing(8);

    private static RouteRecorder.Caller caller(String id, String model) {
        return new RouteRecorder.Caller(id, Instant.EPOCH, model, "tenant");
    }

    /** Goes to {@code p}. */
    private void send(String id, String model) {
        ring.add(recorder.decide(caller(id, model), new FleetLook(List.of("p"), of(0, 1, busy(0, 0)))));
    }

    private void turnAway(String id) {
        ring.add(recorder.turnAway(caller(id, ""), ErrorCode.RATE_LIMITED));
    }

    private List<String> newest(RouteFilter filter) {
        return ids(ring.newest(filter, 100));
    }

    private static List<String> ids(RoutePage page) {
        return page.decisions().stream().map(RouteDecision::id).toList();
    }

    @Test
    void keepsTheNewest() {
        for (int i = 0; i < 10; i++) {
            send("r" + i, "m");
        }
        assertThat(newest(RouteFilter.ALL)).containsExactly("r9", "r8", "r7", "r6", "r5", "r4", "r3", "r2");
        assertThat(ids(ring.newest(RouteFilter.ALL, 2))).containsExactly("r9", "r8");
        assertThat(ring.find("r1")).isEmpty();
        assertThat(ring.find("r2")).isPresent();
        assertThatIllegalArgumentException().isThrownBy(() -> new RouteRing(0));
    }

    @Test
    void aFloodOfRefusalsPushesOutNothingElse() {
        send("old", "m");
        for (int i = 0; i < 100; i++) {
            turnAway("t" + i);
        }
        send("new", "m");
        assertThat(newest(RouteFilter.ALL)).containsExactly("new", "t99", "t98", "old");
    }

    @Test
    void filtersByModelEndpointAndOutcome() {
        send("a", "m");
        send("b", "other");
        send("c", "m");
        turnAway("d");
        ring.refused("c", ErrorCode.QUEUE_FULL);
        ring.refused("unknown", ErrorCode.QUEUE_FULL);
        assertThat(newest(new RouteFilter(Optional.of("m"), Optional.empty(), Optional.empty())))
                .containsExactly("c", "a");
        assertThat(newest(new RouteFilter(Optional.empty(), Optional.of("p"), Optional.empty())))
                .containsExactly("c", "b", "a");
        assertThat(newest(new RouteFilter(Optional.empty(), Optional.of("q"), Optional.empty())))
                .isEmpty();
        assertThat(newest(new RouteFilter(
                        Optional.empty(), Optional.empty(), Optional.of(RouteDecision.Outcome.REFUSED))))
                .containsExactly("d", "c");
        assertThat(newest(new RouteFilter(Optional.empty(), Optional.empty(), Optional.of(RouteDecision.Outcome.SENT))))
                .containsExactly("b", "a");
        assertThat(ring.find("c").flatMap(RouteDecision::refusal)).contains(ErrorCode.QUEUE_FULL);
    }

    @Test
    void tellsWhatWasRefusedSinceAPageWhateverOutcomeIsAskedFor() {
        RouteFilter sent = new RouteFilter(Optional.of("m"), Optional.empty(), Optional.of(RouteDecision.Outcome.SENT));
        send("a", "m");
        send("other", "n");
        send("b", "m");
        RoutePage first = ring.newest(sent, 10);
        assertThat(ids(ring.after("b", first.revision(), sent, 10))).isEmpty();
        ring.refused("a", ErrorCode.QUEUE_FULL);
        ring.refused("other", ErrorCode.QUEUE_FULL);
        send("c", "m");
        send("d", "m");
        ring.refused("d", ErrorCode.QUEUE_FULL);
        RoutePage second = ring.after("b", first.revision(), sent, 10);
        assertThat(ids(second)).containsExactly("c", "a");
        assertThat(second.complete()).isTrue();
        assertThat(second.revision()).isGreaterThan(first.revision());
        assertThat(ids(ring.after("b", second.revision(), sent, 10))).containsExactly("c");
        assertThat(ids(ring.after("b", sent, 10))).containsExactly("c");
        assertThat(ring.after("b", first.revision(), sent, 1).complete()).isFalse();
    }

    @Test
    void goesOnBehindADecisionAndSaysWhereSomeAreMissing() {
        send("a", "m");
        turnAway("b");
        send("c", "m");
        assertThat(ring.after("a", RouteFilter.ALL, 10))
                .satisfies(page -> assertThat(ids(page)).containsExactly("c", "b"))
                .extracting(RoutePage::complete)
                .isEqualTo(true);
        assertThat(ring.after("a", RouteFilter.ALL, 2).complete()).isTrue();
        assertThat(ring.after("a", RouteFilter.ALL, 1).complete()).isFalse();
        assertThat(ids(ring.after("c", RouteFilter.ALL, 10))).isEmpty();
        for (int i = 0; i < 3; i++) {
            turnAway("t" + i);
        }
        assertThat(ring.after("a", RouteFilter.ALL, 10).complete()).isFalse();
        assertThat(ring.after("c", RouteFilter.ALL, 10).complete()).isFalse();
        assertThat(ring.after("t1", RouteFilter.ALL, 10).complete()).isTrue();
        assertThat(ids(ring.after("unknown", RouteFilter.ALL, 10))).containsExactly("t2", "t1", "c", "a");
        assertThat(ring.after("unknown", RouteFilter.ALL, 10).complete()).isFalse();
    }
}
