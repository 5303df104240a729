package dev.foretoken.bench.cluster;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A tenant, and how much it asks for.
 *
 * @param tenant its limits, weight and priority, as gateways know them
 * @param share of the chats, in proportion to those of the others; above 0
 */
record TenantShare(Tenant tenant, double share) {

    static final String FORM =
            "NAME:SHARE[:requests=PER_MINUTE,tokens=PER_MINUTE,concurrent=N,weight=N,priority=high|normal|low|batch]";

    /** Nobody in particular, without limits. */
    static final List<TenantShare> NOBODY = List.of(
            new TenantShare(new Tenant("", Priority.NORMAL, ServiceLevel.DEFAULT_WEIGHT, TenantLimits.NONE), 1));

    TenantShare {
        if (!(share > 0) || Double.isInfinite(share)) {
            throw new IllegalArgumentException(
                    "tenant " + tenant.id() + " has a share of " + share + " of the chats; expected more than 0");
        }
    }

    /**
     * Reads {@link #FORM}.
     *
     * @throws RuntimeException where it is something else; the message says what was expected
     */
    static TenantShare parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException("'" + text + "'; expected " + FORM);
        }
        Map<String, String> given = parts.length == 3 ? settings(parts[2]) : new HashMap<>();
        Tenant tenant = new Tenant(
                parts[0],
                Priority.valueOf(taken(given, "priority", "normal").toUpperCase(Locale.ROOT)),
                Integer.parseInt(taken(given, "weight", String.valueOf(ServiceLevel.DEFAULT_WEIGHT))),
                new TenantLimits(
                        Long.parseLong(taken(given, "requests", "0")),
                        Long.parseLong(taken(given, "tokens", "0")),
                        Integer.parseInt(taken(given, "concurrent", "0"))));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("tenant " + parts[0] + " has " + given.keySet() + "; expected " + FORM);
        }
        return new TenantShare(tenant, Double.parseDouble(parts[1]));
    }

    private static Map<String, String> settings(String text) {
        Map<String, String> settings = new HashMap<>();
        for (String setting : text.split(",", -1)) {
            int equals = setting.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("'" + setting + "' of a tenant; expected " + FORM);
            }
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return settings;
    }

    private static String taken(Map<String, String> settings, String key, String otherwise) {
        String value = settings.remove(key);
        return value == null ? otherwise : value;
    }
}
