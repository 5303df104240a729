package dev.foretoken.bench.cluster;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantLimiter;
import java.time.Duration;
import java.util.List;

/** Holds tenants to their limits as gateways do that count in one place and ask it without delay. */
final class Admission {

    private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final List<TenantShare> tenants;
    private final TenantLimiter limiter = TenantLimiter.ofOneGateway(this::now);
    private long now;
    private long renewedAt;

    Admission(List<TenantShare> tenants) {
        this.tenants = tenants;
    }

    private long now() {
        return now;
    }

    /** Whether its tenant may ask for it now. */
    boolean admit(SimulatedRequest request, long at) {
        now = at;
        if (at - renewedAt >= RENEWAL_NANOS) {
            renewedAt = at;
            limiter.renew();
        }
        try {
            request.permit = limiter.enter(tenant(request));
            return true;
        } catch (ForetokenException limited) {
            return false;
        }
    }

    /** It was answered. */
    void spend(SimulatedRequest request) {
        limiter.spend(tenant(request).id(), (long) request.promptTokens + request.answerTokens);
    }

    /** It is over, whatever became of it. */
    void leave(SimulatedRequest request, long at) {
        now = at;
        if (request.permit != null) {
            request.permit.close();
        }
    }

    private Tenant tenant(SimulatedRequest request) {
        return tenants.get(request.tenant).tenant();
    }
}
