package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.auth.TokenConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about tenants: who they are and how they are known. */
public final class TenantOptions {

    private static final String LIMITS_DATABASE = "FORETOKEN_TENANT_LIMITS_DATABASE";

    @Option(
            names = "--tenants",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_TENANTS}",
            description =
                    "YAML or JSON file of tenants: hashes of their keys (foretoken keys create), weight, highest priority, requests and tokens a minute, requests at once. Read again when it changes.")
    @Nullable
    Path tenants;

    @Option(
            names = "--tenant-limits-database",
            paramLabel = "URL",
            description =
                    "jdbc:postgresql://HOST/NAME?user=...&password=... in which several gateways count what tenants have had of their limits. Better set by FORETOKEN_TENANT_LIMITS_DATABASE. Default: each gateway counts for itself.")
    String limitsDatabase = "";

    @Option(
            names = "--jwt-keys",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_JWT_KEYS}",
            description =
                    "JSON Web Key Set with the public keys of an issuer whose signed tokens callers may present; needs --jwt-issuer and --jwt-audience. Read again when it changes.")
    @Nullable
    Path jwtKeys;

    @Option(
            names = "--jwt-issuer",
            paramLabel = "URL",
            defaultValue = "${env:FORETOKEN_JWT_ISSUER:-}",
            description = "The issuer (iss) that these tokens must name.")
    String jwtIssuer = "";

    @Option(
            names = "--jwt-audience",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_JWT_AUDIENCE:-}",
            description = "The audience (aud) that these tokens must name.")
    String jwtAudience = "";

    @Option(
            names = "--jwt-algorithm",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_JWT_ALGORITHM:-RS256}",
            description =
                    "The one algorithm that these tokens are signed with, whatever they say themselves: RS256, ES256, EdDSA, PS256, or another of public keys. Default: ${DEFAULT-VALUE}.")
    String jwtAlgorithm = "RS256";

    @Option(
            names = "--jwt-tenant-claim",
            paramLabel = "CLAIM",
            defaultValue = "${env:FORETOKEN_JWT_TENANT_CLAIM:-tenant}",
            description = "The claim that names the tenant. Default: ${DEFAULT-VALUE}.")
    String jwtTenantClaim = "tenant";

    /** @param environment of the process: the address of the database, which may hold a password */
    Identities identities(Map<String, String> environment) {
        String url = limitsDatabase.isEmpty() ? environment.getOrDefault(LIMITS_DATABASE, "") : limitsDatabase;
        return new Identities(
                Optional.ofNullable(tenants), tokens(), Optional.of(url).filter(given -> !given.isEmpty()));
    }

    private Optional<TokenConfig> tokens() {
        if (jwtKeys == null) {
            require(
                    jwtIssuer.isEmpty() && jwtAudience.isEmpty(),
                    "jwt-keys",
                    "(not given)",
                    "given with --jwt-issuer and --jwt-audience");
            return Optional.empty();
        }
        return Optional.of(new TokenConfig(jwtIssuer, jwtAudience, jwtAlgorithm, jwtKeys, jwtTenantClaim));
    }
}
