package dev.foretoken.gateway.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HeldRequestsTest {

    private static final Tenant ONE = Tenant.of("one");
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final AtomicLong clock = new AtomicLong();
    private final Set<String> answered = new HashSet<>();
    private final AtomicInteger watchers = new AtomicInteger();
    private final HeldRequests held =
            new HeldRequests(new HoldLimits(LONGEST, 3), this::isAnswered, Telemetry.NONE, clock::get, task -> {
                watchers.incrementAndGet();
                return new Thread(() -> {});
            });

    private boolean isAnswered(String model) {
        if (model.equals("broken")) {
            throw new IllegalStateException("it cannot be said");
        }
        return answered.contains(model);
    }

    private static void fails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private HeldRequests.Place hold(String model) {
        return held.hold(model, ONE, Optional.empty());
    }

    @Test
    void letsGoOfThoseWhoseModelCanBeAnsweredAndOfNoOther() throws InterruptedException {
        HeldRequests.Place toy = hold("toy");
        HeldRequests.Place other = hold("other");
        held.look();
        assertThat(held.held("toy")).isOne();
        answered.add("toy");
        held.look();
        toy.await();
        assertThat(held.held("toy")).isZero();
        assertThat(held.held("other")).isOne();
        other.leave();
        assertThat(watchers).as("one looks for all").hasValue(1);
    }

    @Test
    void theTimeOfTheRequestEndsItsWaitOrThatOfTheLimits() {
        HeldRequests.Place own = held.hold("toy", ONE, Optional.of(Duration.ofSeconds(2)));
        HeldRequests.Place whole = held.hold("toy", ONE, Optional.of(Duration.ofMinutes(2)));
        clock.set(Duration.ofSeconds(2).toNanos() - 1);
        held.look();
        assertThat(held.held("toy")).isEqualTo(2);
        clock.incrementAndGet();
        held.look();
        fails(ErrorCode.DEADLINE_EXCEEDED, own::await);
        assertThat(held.held("toy")).isOne();
        clock.set(LONGEST.toNanos());
        held.look();
        assertThatThrownBy(whole::await).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
            assertThat(e.retryAfter()).isPresent();
        });
        assertThat(held.held("toy")).isZero();
    }

    /** Seconds after which to come again, for one who finds no place. */
    private long retrySeconds() {
        for (int i = held.held("toy"); i < 3; i++) {
            hold("toy");
        }
        AtomicLong seconds = new AtomicLong();
        assertThatThrownBy(() -> hold("toy"))
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> seconds.set(e.retryAfter().orElseThrow().toSeconds()));
        return seconds.get();
    }

    @Test
    void whoFindsNoPlaceComesAgainWhenPodsAreThereByTheLastTime() {
        assertThat(retrySeconds()).as("nothing is known").isEqualTo(5);
        clock.set(Duration.ofSeconds(20).toNanos());
        answered.add("toy");
        held.look();
        answered.clear();
        assertThat(retrySeconds()).as("as long as the last time").isEqualTo(20);
        clock.addAndGet(Duration.ofSeconds(8).toNanos());
        assertThat(retrySeconds()).as("less what somebody waits").isEqualTo(12);
        clock.addAndGet(Duration.ofSeconds(15).toNanos());
        assertThat(retrySeconds()).as("it takes longer this time").isOne();
    }

    @Test
    void aCallerThatLeavesMakesRoomForAnother() {
        List<HeldRequests.Place> places = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            places.add(hold("model" + i));
        }
        fails(ErrorCode.QUEUE_FULL, () -> hold("toy"));
        places.getFirst().leave();
        places.getFirst().leave();
        fails(ErrorCode.CANCELLED, () -> places.getFirst().await());
        assertThat(held.held("model0")).isZero();
        hold("toy");
        fails(ErrorCode.QUEUE_FULL, () -> hold("toy"));
    }

    @Test
    void whoFillsItsShareLeavesRoomForAnother() throws InterruptedException {
        List<HeldRequests.Place> loud = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            loud.add(hold("toy"));
        }
        fails(ErrorCode.QUEUE_FULL, () -> hold("zoo"));
        HeldRequests.Place quiet = held.hold("toy", Tenant.of("quiet"), Optional.empty());
        assertThat(held.held("toy")).isEqualTo(4);
        fails(ErrorCode.SHARE_FULL, () -> hold("zoo"));
        answered.add("toy");
        held.look();
        quiet.await();
        for (HeldRequests.Place place : loud) {
            place.await();
        }
        for (int i = 0; i < 3; i++) {
            hold("zoo");
        }
    }

    @Test
    void aModelThatCannotBeLookedAtKeepsNobodyElseAndItsOwnTimeEnds() throws InterruptedException {
        HeldRequests.Place broken = hold("broken");
        HeldRequests.Place toy = hold("toy");
        HeldRequests.Place zoo = hold("zoo");
        answered.addAll(List.of("toy", "zoo"));
        held.look();
        toy.await();
        zoo.await();
        clock.set(LONGEST.toNanos());
        held.look();
        fails(ErrorCode.REPLICA_UNAVAILABLE, broken::await);
        assertThat(held.held("broken")).isZero();
    }

    @Test
    @Timeout(300)
    void whoWaitsKeepsTheTimeWhereNobodyLooks() {
        HeldRequests.Place place = hold("toy");
        clock.set(LONGEST.plusSeconds(1).toNanos());
        fails(ErrorCode.REPLICA_UNAVAILABLE, place::await);
        assertThat(held.held("toy")).isZero();
    }

    @Test
    void aGatewayThatEndsHoldsNobody() {
        HeldRequests.Place place = hold("toy");
        held.close();
        fails(ErrorCode.DRAINING, place::await);
        fails(ErrorCode.DRAINING, () -> hold("toy"));
    }
}
