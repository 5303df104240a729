package dev.foretoken.gateway.auth;

import dev.foretoken.gateway.tenant.TenantFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who is let in beside those with a configured key.
 *
 * @param tenants file of tenants and the hashes of their keys, see {@link TenantFile}
 * @param tokens signed tokens; with a file of tenants those of its tenants only
 * @param limitsDatabase where several gateways count what tenants have had; empty = this one counts for itself
 */
public record Identities(Optional<Path> tenants, Optional<TokenConfig> tokens, Optional<String> limitsDatabase) {

    public static final Identities NONE = new Identities(Optional.empty(), Optional.empty(), Optional.empty());

    /** Whether callers must say who they are. */
    public boolean any() {
        return tenants.isPresent() || tokens.isPresent();
    }

    /** Keeps the database's password out of logs. */
    @Override
    public String toString() {
        return "Identities[tenants=" + tenants + ", tokens=" + tokens + ", limitsDatabase=" + limitsDatabase.isPresent()
                + "]";
    }
}
