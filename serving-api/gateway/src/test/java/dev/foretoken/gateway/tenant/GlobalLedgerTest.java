package dev.foretoken.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.database.DatabaseKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways and one PostgreSQL. */
class GlobalLedgerTest {

    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path folder;

    private long now;

    private static Tenant tenant(long requests, int atOnce) {
        return new Tenant("t", Priority.HIGH, 100, new TenantLimits(requests, 0, atOnce));
    }

    private static int entered(TenantLimiter gateway, Tenant tenant, int tries, List<TenantLimiter.Permit> permits) {
        int count = 0;
        for (int i = 0; i < tries; i++) {
            try {
                permits.add(gateway.enter(tenant));
                count++;
            } catch (ForetokenException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.RATE_LIMITED);
                assertThat(e.retryAfter()).isPresent();
            }
        }
        return count;
    }

    private TenantLimiter limiter(SharedLedger ledger) {
        return new TenantLimiter(new GlobalLedger(ledger, () -> now), () -> now);
    }

    /** Refills by less than one in a minute, so that the database's own clock does not matter here. */
    @Test
    void twoGatewaysTogetherLetNoMoreComeThanTheLimit() {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (SharedLedger one = DatabaseLedger.open(url, "one");
                SharedLedger two = DatabaseLedger.open(url, "two")) {
            TenantLimiter first = limiter(one);
            TenantLimiter second = limiter(two);
            Tenant tenant = tenant(1, 0);
            List<TenantLimiter.Permit> permits = new ArrayList<>();
            int all = 0;
            for (int i = 0; i < 20; i++) {
                all += entered(first, tenant, 1, permits) + entered(second, tenant, 1, permits);
            }
            assertThat(all).as("the burst, and what comes while the test runs").isBetween(10, 12);
        }
    }

    @Test
    void whatAGatewayGivesBackAnotherMayHave() throws SQLException {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (SharedLedger one = DatabaseLedger.open(url, "one");
                SharedLedger two = DatabaseLedger.open(url, "two")) {
            one.makeTables();
            two.makeTables();
            QuotaLedger.Quota quota = new QuotaLedger.Quota("t", QuotaLedger.Kind.TOKENS, 1);
            assertThat(one.exchange(quota, 0, 9).granted()).isEqualTo(9);
            assertThat(two.exchange(quota, 0, 9).granted()).isEqualTo(1);
            assertThat(two.exchange(quota, 0, 9).granted()).isZero();
            one.exchange(quota, 5, 0);
            assertThat(two.exchange(quota, 0, 9).granted()).isEqualTo(5);
            assertThat(one.exchange(quota, -100, 1))
                    .satisfies(lease -> assertThat(lease.granted()).isZero())
                    .satisfies(lease -> assertThat(lease.left()).isBetween(-100.0, -99.0));
        }
    }

    @Test
    void placesAreOfAllGatewaysAndReturnWithThoseThatLeave() throws SQLException {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (SharedLedger one = DatabaseLedger.open(url, "one");
                SharedLedger two = DatabaseLedger.open(url, "two")) {
            TenantLimiter first = limiter(one);
            TenantLimiter second = limiter(two);
            Tenant tenant = tenant(0, 5);
            List<TenantLimiter.Permit> permits = new ArrayList<>();
            assertThat(entered(first, tenant, 3, permits)).isEqualTo(3);
            assertThat(entered(second, tenant, 9, permits)).isEqualTo(2);
            assertThat(entered(first, tenant, 9, permits)).isZero();
            permits.getFirst().close();
            assertThat(entered(second, tenant, 1, permits))
                    .as("until the first has said so")
                    .isZero();
            first.renew();
            assertThat(entered(second, tenant, 9, permits)).isEqualTo(1);
            assertThat(one.gateways() + two.gateways()).isEqualTo(1 + 2);
        }
    }

    /** A database that can be taken away. */
    private static final class Away implements SharedLedger {
        private final SharedLedger real;
        private boolean away;
        private int asked;

        Away(SharedLedger real) {
            this.real = real;
        }

        private SharedLedger ask() throws SQLException {
            asked++;
            if (away) {
                throw new SQLException("gone", "08006");
            }
            return real;
        }

        @Override
        public QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) throws SQLException {
            return ask().exchange(quota, returned, wanted);
        }

        @Override
        public int hold(String tenant, int underWay, int wanted, int limit) throws SQLException {
            return ask().hold(tenant, underWay, wanted, limit);
        }

        @Override
        public int gateways() throws SQLException {
            return ask().gateways();
        }

        @Override
        public void makeTables() throws SQLException {
            ask().makeTables();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    @Test
    void withoutTheDatabaseEachGatewayHasItsPartAndAsksAgain() {
        String url = DatabaseKind.POSTGRESQL.url(folder);
        try (SharedLedger other = DatabaseLedger.open(url, "other");
                Away database = new Away(DatabaseLedger.open(url, "own"))) {
            GlobalLedger others = new GlobalLedger(other, () -> now);
            GlobalLedger own = new GlobalLedger(database, () -> now);
            others.beat();
            own.beat();
            TenantLimiter limiter = new TenantLimiter(own, () -> now);
            Tenant tenant = tenant(600, 8);
            List<TenantLimiter.Permit> permits = new ArrayList<>();
            database.away = true;
            assertThat(entered(limiter, tenant, 20, permits))
                    .as("half of eight places")
                    .isEqualTo(4);
            permits.forEach(TenantLimiter.Permit::close);
            int asked = database.asked;
            int inMinute = 0;
            for (int tick = 0; tick < 600; tick++) {
                inMinute += entered(limiter, tenant, 1, permits);
                permits.getLast().close();
                now += SECOND / 10;
            }
            assertThat(inMinute).as("half of 600").isBetween(280, 320);
            assertThat(database.asked - asked).as("once a second").isLessThanOrEqualTo(61);
            database.away = false;
            now += 2 * SECOND;
            own.beat();
            assertThat(entered(limiter, tenant, 8, permits)).isEqualTo(8);
        }
    }
}
