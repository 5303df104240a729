package dev.foretoken.gateway.auth;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.file.Path;
import java.util.Set;

/**
 * Which signed tokens (JWT) are believed.
 *
 * @param issuer the {@code iss} they must have
 * @param audience one of their {@code aud}
 * @param algorithm the one they are signed with, whatever their header says; of public keys only
 * @param keys file with the issuer's public keys as a JSON Web Key Set, read again when it changes
 * @param tenantClaim where the tenant's id stands
 */
public record TokenConfig(String issuer, String audience, String algorithm, Path keys, String tenantClaim) {

    private static final Set<String> ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

    public TokenConfig {
        require(!issuer.isBlank(), "jwt-issuer", "(empty)", "the issuer of the tokens");
        require(!audience.isBlank(), "jwt-audience", "(empty)", "the audience that the tokens name");
        require(!tenantClaim.isBlank(), "jwt-tenant-claim", "(empty)", "the claim that names the tenant");
        require(
                ALGORITHMS.contains(algorithm),
                "jwt-algorithm",
                algorithm,
                "one of " + ALGORITHMS.stream().sorted().toList());
    }
}
