package dev.foretoken.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.database.DatabaseKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways and one PostgreSQL, whose callers all come at once. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LedgerRaceTest {

    private static final int CALLERS = 4;
    private static final int TENANTS = 20;
    private static final int BURST = 10;
    private static final int PLACES = 3;

    @TempDir
    Path folder;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /** Asks until it is answered: a gateway that is not counts by itself, which is not what races here. */
    private record Answering(SharedLedger real) implements SharedLedger {

        private interface Question<T> {
            T ask() throws SQLException;
        }

        private static <T> T insist(Question<T> question) {
            while (true) {
                try {
                    return question.ask();
                } catch (SQLException e) {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) {
            return insist(() -> real.exchange(quota, returned, wanted));
        }

        @Override
        public int hold(String tenant, int underWay, int wanted, int limit) {
            return insist(() -> real.hold(tenant, underWay, wanted, limit));
        }

        @Override
        public int gateways() {
            return insist(real::gateways);
        }

        @Override
        public void makeTables() {
            insist(() -> {
                real.makeTables();
                return true;
            });
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static Optional<TenantLimiter.Permit> enter(TenantLimiter gateway, Tenant tenant) {
        try {
            return Optional.of(gateway.enter(tenant));
        } catch (ForetokenException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            return Optional.empty();
        }
    }

    /** @param gateway made once of each ledger: what each of its callers does */
    private void race(Function<Answering, Runnable> gateway) throws Exception {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (Answering one = new Answering(DatabaseLedger.open(url, "one"));
                Answering two = new Answering(DatabaseLedger.open(url, "two"));
                ExecutorService threads = Executors.newFixedThreadPool(2 * CALLERS)) {
            one.makeTables();
            CyclicBarrier start = new CyclicBarrier(2 * CALLERS);
            List<Future<?>> callers = new ArrayList<>();
            for (Answering ledger : List.of(one, two)) {
                Runnable calls = gateway.apply(ledger);
                for (int i = 0; i < CALLERS; i++) {
                    callers.add(threads.submit(() -> {
                        start.await();
                        calls.run();
                        return true;
                    }));
                }
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
    }

    /** One request a minute, and a burst of ten. A gateway asks for one tenant at a time, so here ledgers are asked. */
    @Test
    void noMoreIsGrantedThanTheLimitHoweverManyAskAtOnce() throws Exception {
        Map<QuotaLedger.Quota, AtomicInteger> granted = new LinkedHashMap<>();
        for (int i = 0; i < TENANTS; i++) {
            granted.put(new QuotaLedger.Quota("t" + i, QuotaLedger.Kind.REQUESTS, 1), new AtomicInteger());
        }
        long begin = System.nanoTime();
        race(ledger -> () -> granted.forEach((quota, count) -> {
            for (int i = 0; i < BURST; i++) {
                count.addAndGet((int) ledger.exchange(quota, 0, 1).granted());
            }
        }));
        int refilled = (int) Duration.ofNanos(System.nanoTime() - begin).toMinutes();
        assertThat(granted.values())
                .as("granted to each tenant, of %d that were asked for", 2 * CALLERS * BURST)
                .allSatisfy(count -> assertThat(count.get()).isBetween(1, BURST + refilled));
    }

    /** Callers come and go, and what a gateway holds and does not need goes to the other meanwhile. */
    @Test
    void noMoreAreUnderWayThanTheLimitHoweverManyComeAndGo() throws Exception {
        Tenant tenant = new Tenant("t", Priority.HIGH, 100, new TenantLimits(0, 0, PLACES));
        race(ledger -> {
            TenantLimiter gateway = new TenantLimiter(new GlobalLedger(ledger, System::nanoTime), System::nanoTime);
            return () -> comeAndGo(gateway, tenant);
        });
        assertThat(most.get()).as("under way at once").isBetween(1, PLACES);
    }

    private void comeAndGo(TenantLimiter gateway, Tenant tenant) {
        for (int i = 0; i < 200; i++) {
            enter(gateway, tenant).ifPresent(this::stay);
            if (i % 5 == 0) {
                gateway.renew();
            }
        }
    }

    private void stay(TenantLimiter.Permit permit) {
        most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        Thread.yield();
        underWay.decrementAndGet();
        permit.close();
    }
}
