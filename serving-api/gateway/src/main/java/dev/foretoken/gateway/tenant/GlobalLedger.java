package dev.foretoken.gateway.tenant;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The shared ledger while it answers. When it does not, this gateway goes on with an equal part of each limit, counted by itself, and asks
 * again after a second: a database that is away neither stops callers nor lets them loose.
 */
final class GlobalLedger implements QuotaLedger, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(GlobalLedger.class);
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final SharedLedger shared;
    private final LocalLedger own;
    private final LongSupplier nanoClock;
    private volatile int gateways = 1;
    private volatile boolean away;
    private volatile boolean ready;
    private volatile long askAgainAt;

    GlobalLedger(SharedLedger shared, LongSupplier nanoClock) {
        this.shared = shared;
        this.own = LocalLedger.empty(nanoClock);
        this.nanoClock = nanoClock;
    }

    private interface Ask<T> {
        T of(SharedLedger ledger) throws SQLException;
    }

    private interface Answer<T> {
        T own();
    }

    @Override
    public Lease exchange(Quota quota, long returned, long wanted) {
        return ask(ledger -> ledger.exchange(quota, returned, wanted), () -> {
            long part = Math.max(1, quota.perMinute() / gateways);
            return own.exchange(new Quota(quota.tenant(), quota.kind(), part), returned, wanted);
        });
    }

    @Override
    public int hold(String tenant, int underWay, int wanted, int limit) {
        return ask(
                ledger -> ledger.hold(tenant, underWay, wanted, limit),
                () -> Math.max(underWay, Math.min(wanted, Math.max(1, limit / gateways))));
    }

    /** To be called every second: says that this gateway is there, and learns how many there are. */
    void beat() {
        gateways = ask(SharedLedger::gateways, () -> gateways);
    }

    private <T> T ask(Ask<T> question, Answer<T> otherwise) {
        if (away && nanoClock.getAsLong() - askAgainAt < 0) {
            return otherwise.own();
        }
        try {
            if (!ready) {
                shared.makeTables();
                ready = true;
            }
            T answer = question.of(shared);
            if (away) {
                away = false;
                LOG.info("the database of limits answers again");
            }
            return answer;
        } catch (SQLException e) {
            if (!away) {
                LOG.warnf(
                        "the database of limits does not answer (%s): each of %d gateways counts a part of every limit",
                        e.getSQLState(), gateways);
            }
            away = true;
            askAgainAt = nanoClock.getAsLong() + PAUSE_NANOS;
            return otherwise.own();
        }
    }

    @Override
    public void close() {
        shared.close();
    }
}
