package dev.foretoken.gateway.auth;

import dev.foretoken.gateway.tenant.Tenant;

/**
 * Who sent a request.
 *
 * @param account derived from the credential, never from the request; nobody in particular when no credential is required
 */
public record Caller(Tenant account) {

    public static final Caller LOCAL = new Caller(Tenant.of(""));

    /** What its requests are marked with. */
    public String tenant() {
        return account.id();
    }
}
