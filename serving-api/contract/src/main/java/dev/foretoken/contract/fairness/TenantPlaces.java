package dev.foretoken.contract.fairness;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.ServiceLevel;
import java.util.HashMap;
import java.util.Map;

/**
 * Places that tenants share such that none of them takes what another needs. There are twice as many as one tenant may have. Who has none finds one
 * while there is any; who has some takes more where it then has no more than are left. So one alone has {@code most}, and another who comes finds as
 * many free; n of them who want more than there is have a part of n + 1 each, and one part is left for who comes next. One whose weight is above the
 * mean of those who have places has that much more, up to {@code most}. Any thread may call it.
 */
public final class TenantPlaces {

    private final long most;
    private final Map<String, Share> shares = new HashMap<>();
    private long taken;
    private long weights;

    private record Share(long places, int weight) {}

    /** @param most of one tenant, at least 1; of all together twice as many */
    public TenantPlaces(long most) {
        if (most < 1) {
            throw new IllegalArgumentException("most=" + most + ", must be at least 1");
        }
        this.most = most;
    }

    /**
     * Takes so many places, or none.
     *
     * @param weight of the tenant, as {@link ServiceLevel#weight}
     * @param places at least 1
     * @return whether they were there
     */
    public synchronized boolean take(String tenant, int weight, long places) {
        if (places < 1) {
            throw new IllegalArgumentException("places=" + places + ", must be at least 1");
        }
        Share own = shares.getOrDefault(tenant, new Share(0, 0));
        Share then = new Share(own.places + places, weight);
        boolean allowed = places <= free() && then.places <= most && (own.places == 0 || leavesEnough(own, then));
        if (allowed) {
            shares.put(tenant, then);
            taken += places;
            weights += then.weight - own.weight;
        }
        return allowed;
    }

    /** A light tenant is not kept from what nobody has. */
    private boolean leavesEnough(Share own, Share then) {
        double mean = (double) (weights - own.weight + then.weight) / shares.size();
        return then.places <= (free() - (then.places - own.places)) * Math.max(1, then.weight / mean);
    }

    /**
     * What to call it that a tenant was refused so many places: SHARE_FULL where it has some, beside others, and they are there; else QUEUE_FULL.
     * For one alone that has all it may the queue is full, as it is for all who wait where nobody tells tenants apart.
     */
    public synchronized ErrorCode refusal(String tenant, long places) {
        long own = taken(tenant);
        return own > 0 && own < taken && places <= free() ? ErrorCode.SHARE_FULL : ErrorCode.QUEUE_FULL;
    }

    private long free() {
        return mostOfAll() - taken;
    }

    /** Gives back what {@link #take} took, as a whole or in parts. */
    public synchronized void leave(String tenant, long places) {
        Share own = shares.get(tenant);
        if (own == null || places > own.places) {
            throw new IllegalStateException(
                    "a tenant leaves " + places + " places and has " + (own == null ? 0 : own.places));
        }
        taken -= places;
        if (places == own.places) {
            shares.remove(tenant);
            weights -= own.weight;
        } else {
            shares.put(tenant, new Share(own.places - places, own.weight));
        }
    }

    /** How many one tenant may have. */
    public long most() {
        return most;
    }

    /** How many all tenants together may have. */
    public long mostOfAll() {
        return 2 * most;
    }

    /** How many all tenants have. */
    public synchronized long taken() {
        return taken;
    }

    /** How many this tenant has. */
    public synchronized long taken(String tenant) {
        Share own = shares.get(tenant);
        return own == null ? 0 : own.places;
    }
}
