package dev.foretoken.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TenantLimiterTest {

    private static final long SECOND = 1_000_000_000;

    private long now;
    private final LocalLedger ledger = new LocalLedger(() -> now);
    private final TenantLimiter limiter = new TenantLimiter(ledger, () -> now);

    private static Tenant tenant(long requests, long tokens, int atOnce) {
        return new Tenant("t", Priority.HIGH, 100, new TenantLimits(requests, tokens, atOnce));
    }

    private static int entered(TenantLimiter gateway, Tenant tenant, int tries) {
        int count = 0;
        for (int i = 0; i < tries; i++) {
            try {
                gateway.enter(tenant).close();
                count++;
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            }
        }
        return count;
    }

    private static void assertRefused(TenantLimiter gateway, Tenant tenant, Duration wait) {
        assertThatThrownBy(() -> gateway.enter(tenant)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(e.retryAfter()).contains(wait);
        });
    }

    /** Shared with nobody. */
    private static final class Lonely implements SharedLedger {
        private final CountDownLatch beat = new CountDownLatch(1);
        private final AtomicBoolean closed = new AtomicBoolean();

        @Override
        public QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) {
            return new QuotaLedger.Lease(wanted, wanted);
        }

        @Override
        public int hold(String tenant, int underWay, int wanted, int limit) {
            return wanted;
        }

        @Override
        public int gateways() {
            assertThat(closed).isFalse();
            beat.countDown();
            return 1;
        }

        @Override
        public void makeTables() {}

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    void aRequestSentTwiceIsTwoOfItsTenant() {
        limiter.enter(tenant(0, 0, 2));
        TenantLimiter.Permit second = limiter.enterAgain("t");
        assertThatThrownBy(() -> limiter.enterAgain("t"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED));
        second.close();
        limiter.enterAgain("t").close();
        for (int i = 0; i < 10; i++) {
            limiter.enterAgain("of nobody with limits");
        }
    }

    @Test
    void aRequestSentTwiceIsOneOfThoseAMinute() {
        Tenant tenant = tenant(6, 0, 0);
        assertThat(entered(limiter, tenant, 100)).isEqualTo(10);
        limiter.enterAgain("t").close();
        now += 10 * SECOND;
        limiter.enterAgain("t").close();
        assertThat(entered(limiter, tenant, 100)).isOne();
    }

    @Test
    void closingEndsWhatSpeaksWithOthersAndThenTheirLedger() throws InterruptedException {
        Lonely shared = new Lonely();
        TenantLimiter sharing = TenantLimiter.sharing(shared, () -> 0);
        assertThat(shared.beat.await(2, TimeUnit.MINUTES)).isTrue();
        Thread renewal = sharing.renewal().orElseThrow();
        sharing.close();
        assertThat(renewal.isAlive()).isFalse();
        assertThat(shared.closed).isTrue();
        assertThat(limiter.renewal()).isEmpty();
        limiter.close();
    }

    @Test
    void aMinuteHasTheRequestsOfTheLimitAndTheBurst() {
        Tenant tenant = tenant(60, 0, 0);
        int inMinute = 0;
        for (int second = 0; second < 60; second++) {
            inMinute += entered(limiter, tenant, 20);
            now += SECOND;
        }
        assertThat(inMinute).isBetween(60, 60 + 10);
        int inNext = 0;
        for (int second = 0; second < 60; second++) {
            inNext += entered(limiter, tenant, 20);
            now += SECOND;
        }
        assertThat(inNext).isEqualTo(60);
    }

    @Test
    void saysWhenTheNextRequestHasAChance() {
        Tenant tenant = tenant(6, 0, 0);
        assertThat(entered(limiter, tenant, 100)).isEqualTo(10);
        assertRefused(limiter, tenant, Duration.ofSeconds(10));
        now += 9 * SECOND;
        assertRefused(limiter, tenant, Duration.ofSeconds(1));
        now += SECOND;
        assertThat(entered(limiter, tenant, 100)).isEqualTo(1);
    }

    @Test
    void whatWasSpentBeyondIsPaidBeforeTheNextRequest() {
        Tenant tenant = tenant(0, 600, 0);
        limiter.enter(tenant).close();
        limiter.spend("t", 1100);
        assertRefused(limiter, tenant, Duration.ofMillis(100_100));
        now += 100 * SECOND;
        assertThat(entered(limiter, tenant, 1)).isZero();
        now += SECOND;
        assertThat(entered(limiter, tenant, 1)).isOne();
    }

    @Test
    void noMoreAreUnderWayThanMay() {
        Tenant tenant = tenant(0, 0, 3);
        List<TenantLimiter.Permit> permits = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            permits.add(limiter.enter(tenant));
        }
        assertRefused(limiter, tenant, Duration.ofSeconds(1));
        permits.getFirst().close();
        permits.getFirst().close();
        permits.add(limiter.enter(tenant));
        assertRefused(limiter, tenant, Duration.ofSeconds(1));
    }

    @Test
    void aLoweredLimitOfRequestsAtOnceCountsFromThen() {
        List<TenantLimiter.Permit> permits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            permits.add(limiter.enter(tenant(0, 0, 8)));
        }
        permits.forEach(TenantLimiter.Permit::close);
        Tenant lowered = tenant(0, 0, 2);
        limiter.enter(lowered);
        limiter.enter(lowered);
        assertRefused(limiter, lowered, Duration.ofSeconds(1));
    }

    @Test
    void aRefusedRequestTakesNothing() {
        Tenant tenant = tenant(60, 0, 1);
        try (TenantLimiter.Permit _ = limiter.enter(tenant)) {
            assertThat(entered(limiter, tenant, 50)).isZero();
        }
        assertThat(entered(limiter, tenant, 50)).isEqualTo(9);
    }

    @Test
    void tenantsHaveLimitsOfTheirOwn() {
        assertThat(entered(limiter, tenant(6, 0, 0), 100)).isEqualTo(10);
        Tenant other = new Tenant("other", Priority.HIGH, 100, new TenantLimits(6, 0, 0));
        assertThat(entered(limiter, other, 100)).isEqualTo(10);
        assertThat(entered(limiter, Tenant.of("free"), 1000)).isEqualTo(1000);
    }

    @Test
    void twoGatewaysWithOneLedgerShareALimitAndHandBackWhatTheyDoNotUse() {
        TenantLimiter second = new TenantLimiter(ledger, () -> now);
        Tenant tenant = tenant(600, 0, 0);
        int inMinute = 0;
        for (int tick = 0; tick < 60; tick++) {
            inMinute += entered(limiter, tenant, 100) + entered(second, tenant, 100);
            now += SECOND;
        }
        assertThat(inMinute).isBetween(600, 600 + 100 + 2 * 10);
        entered(second, tenant, 1);
        now += SECOND;
        second.renew();
        now += 20 * SECOND;
        assertThat(entered(limiter, tenant, 1000)).as("the burst").isEqualTo(100);
    }
}
