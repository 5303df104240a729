package dev.foretoken.bench.cluster;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantLimiter;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What gateways let in: each has places, as many for one tenant as its part of the pods takes, and all hold tenants to their limits as gateways do that
 * count in one place and ask it without delay.
 */
final class SimulatedAdmission {

    private static final long RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** What became of a request that came. */
    enum Outcome {
        ADMITTED,
        /** Its gateway has no place for it. */
        REFUSED,
        /** Its tenant has asked for as much as it may. */
        LIMITED
    }

    private final List<TenantShare> tenants;
    private final List<Admission> gateways;
    private final TenantLimiter limiter = TenantLimiter.ofOneGateway(this::now);
    private long now;
    private long renewedAt;

    SimulatedAdmission(ClusterConfig config) {
        this.tenants = config.load().tenants();
        long all = (long) config.pods() * (config.pod().rows() + config.pod().maxQueued());
        int places = (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(all, config.gateways()));
        this.gateways = IntStream.range(0, config.gateways())
                .mapToObj(gateway -> new Admission(places, this::now))
                .toList();
    }

    private long now() {
        return now;
    }

    /** In the order in which a gateway asks. */
    Outcome admit(SimulatedRequest request, int gateway, long at) {
        now = at;
        if (at - renewedAt >= RENEWAL_NANOS) {
            renewedAt = at;
            limiter.renew();
        }
        Tenant tenant = tenant(request);
        try {
            request.place = gateways.get(gateway).enter(tenant);
        } catch (ForetokenException full) {
            return Outcome.REFUSED;
        }
        try {
            request.permit = limiter.enter(tenant);
        } catch (ForetokenException limited) {
            request.place.close();
            return Outcome.LIMITED;
        }
        return Outcome.ADMITTED;
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
        if (request.place != null) {
            request.place.close();
        }
    }

    private Tenant tenant(SimulatedRequest request) {
        return tenants.get(request.tenant).tenant();
    }
}
