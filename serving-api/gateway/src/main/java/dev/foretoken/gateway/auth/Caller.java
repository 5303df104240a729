package dev.foretoken.gateway.auth;

/**
 * Who sent a request.
 *
 * @param tenant derived from the credential, never from the request; empty when no credential is required
 */
public record Caller(String tenant) {

    public static final Caller LOCAL = new Caller("");
}
