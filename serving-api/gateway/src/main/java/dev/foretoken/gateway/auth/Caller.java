package dev.foretoken.gateway.auth;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.tenant.Tenant;

/**
 * Who sent a request.
 *
 * @param account derived from the credential, never from the request; nobody in particular when no credential is required
 */
public record Caller(Tenant account) {

    public static final Caller LOCAL = new Caller(Tenant.of(""));

    /** A tenant of a configured key is called so, and no other: neither a file of tenants nor a token can name one. */
    static final String KEY_TENANTS = "key-";

    /** Whether it has a configured key or needs none: one of those who run the server, not one of its tenants. */
    public boolean isOperator() {
        return tenant().isEmpty() || tenant().startsWith(KEY_TENANTS);
    }

    /** The same, whose requests have no more urgent class than {@code ceiling}. */
    public Caller atMost(Priority ceiling) {
        return new Caller(account.atMost(ceiling));
    }

    /** What its requests are marked with. */
    public String tenant() {
        return account.id();
    }
}
