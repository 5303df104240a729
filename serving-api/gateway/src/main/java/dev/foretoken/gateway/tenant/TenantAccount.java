package dev.foretoken.gateway.tenant;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.Optional;

/** What one tenant asks of this gateway, held against its limits. Thread-safe: its lock is held while a ledger is asked. */
final class TenantAccount {

    private static final double WEIGHT_OF_NEWEST = 0.1;
    private static final long SHORTEST_WAIT_MILLIS = 1000;
    private static final long LONGEST_WAIT_MILLIS = 60_000;
    /** One place in so many is asked for ahead, so that not every request asks. */
    private static final int PLACES_PER_SPARE = 16;

    private final QuotaLedger ledger;
    private final QuotaSlice requests;
    private final QuotaSlice tokens;
    private Tenant tenant;
    private int underWay;
    private int arriving;
    private int places;
    private double meanNanos;

    TenantAccount(Tenant tenant, QuotaLedger ledger) {
        this.tenant = tenant;
        this.ledger = ledger;
        this.requests = new QuotaSlice(ledger);
        this.tokens = new QuotaSlice(ledger);
    }

    synchronized Tenant tenant() {
        return tenant;
    }

    /** @throws ForetokenException RATE_LIMITED with the time to retry */
    synchronized void enter(Tenant as, long now) {
        tenant = as;
        TenantLimits limits = as.limits();
        if (limits.tokensPerMinute() > 0) {
            refuse(tokens.require(tokenQuota(), now), limits.tokensPerMinute() + " tokens a minute");
        }
        requirePlace(limits.concurrentRequests());
        if (limits.requestsPerMinute() > 0) {
            refuse(requests.require(requestQuota(), now), limits.requestsPerMinute() + " requests a minute");
            requests.spend(1);
        }
        underWay++;
    }

    /** With a request that has entered already. @throws ForetokenException RATE_LIMITED with the time to retry */
    synchronized void enterAgain() {
        requirePlace(tenant.limits().concurrentRequests());
        underWay++;
    }

    private void requirePlace(int limit) {
        if (limit > 0 && underWay >= Math.min(places, limit)) {
            holdPlaces(limit);
        }
    }

    /** @throws ForetokenException RATE_LIMITED with the time to retry */
    synchronized void arrive(Tenant as) {
        int limit = as.limits().concurrentRequests();
        if (limit > 0 && arriving >= limit) {
            refuse(Optional.of(Duration.ofMillis(SHORTEST_WAIT_MILLIS)), limit + " requests at once");
        }
        arriving++;
    }

    synchronized void arrived() {
        arriving--;
    }

    private void holdPlaces(int limit) {
        int spare = Math.max(1, limit / PLACES_PER_SPARE);
        places = ledger.hold(tenant.id(), underWay, underWay + spare, limit);
        if (underWay >= places) {
            long millis = (long) (meanNanos / 1e6 / limit);
            Duration wait = Duration.ofMillis(Math.clamp(millis, SHORTEST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
            refuse(Optional.of(wait), limit + " requests at once");
        }
    }

    private void refuse(Optional<Duration> wait, String limit) {
        if (wait.isPresent()) {
            throw new ForetokenException(
                            ErrorCode.RATE_LIMITED, "this tenant may ask for " + limit + ", which it has; retry later")
                    .withRetryAfter(wait.get());
        }
    }

    synchronized void leave(long nanos) {
        underWay--;
        meanNanos += (nanos - meanNanos) * (meanNanos == 0 ? 1 : WEIGHT_OF_NEWEST);
    }

    synchronized void spend(long amount) {
        if (tenant.limits().tokensPerMinute() > 0) {
            tokens.spend(amount);
        }
    }

    /** Gives back what was taken ahead and not used, and says that the rest is still needed. */
    synchronized void renew(long now) {
        TenantLimits limits = tenant.limits();
        if (limits.tokensPerMinute() > 0) {
            tokens.expire(tokenQuota(), now);
        }
        if (limits.requestsPerMinute() > 0) {
            requests.expire(requestQuota(), now);
        }
        if (limits.concurrentRequests() > 0 && places > 0) {
            places = ledger.hold(tenant.id(), underWay, underWay, limits.concurrentRequests());
        }
    }

    private QuotaLedger.Quota tokenQuota() {
        return new QuotaLedger.Quota(
                tenant.id(), QuotaLedger.Kind.TOKENS, tenant.limits().tokensPerMinute());
    }

    private QuotaLedger.Quota requestQuota() {
        return new QuotaLedger.Quota(
                tenant.id(), QuotaLedger.Kind.REQUESTS, tenant.limits().requestsPerMinute());
    }
}
