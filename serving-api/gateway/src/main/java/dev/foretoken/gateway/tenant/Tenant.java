package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;

/**
 * Whose requests share limits, a place in the queues and cached prompts.
 *
 * @param id appears in logs and metrics; empty = nobody in particular
 * @param highest the most urgent class its requests can have: those that ask for more get this one
 * @param weight see {@link ServiceLevel#weight}
 */
public record Tenant(String id, Priority highest, int weight, TenantLimits limits) {

    private static final int LONGEST_ID = 64;

    public Tenant {
        require(
                id.isEmpty() || isId(id),
                "tenant.id",
                "(" + id.length() + " characters)",
                "1 to " + LONGEST_ID + " letters, digits, dots, dashes and underscores");
        requireRange("tenant.weight", weight, 1, ServiceLevel.MAX_WEIGHT);
    }

    /** Whether a tenant can be called so. */
    public static boolean isId(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_ID && text.matches("[A-Za-z0-9._-]*");
    }

    /** One without limits and with a weight like any other. */
    public static Tenant of(String id) {
        return new Tenant(id, Priority.HIGH, ServiceLevel.DEFAULT_WEIGHT, TenantLimits.NONE);
    }

    /** The same, whose requests have no more urgent class than {@code ceiling}. */
    public Tenant atMost(Priority ceiling) {
        return ceiling.compareTo(highest) <= 0 ? this : new Tenant(id, ceiling, weight, limits);
    }

    /** What a request of this tenant gets of what it asks for. */
    public ServiceLevel serve(ServiceLevel asked) {
        Priority granted = asked.priority().compareTo(highest) < 0 ? highest : asked.priority();
        return asked.withPriority(granted).withWeight(weight);
    }
}
