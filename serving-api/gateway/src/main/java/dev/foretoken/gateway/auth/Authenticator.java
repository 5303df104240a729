package dev.foretoken.gateway.auth;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantFile;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a caller is by the {@code Authorization: Bearer CREDENTIAL} header (gRPC: metadata of that name): a configured key, a key of a
 * tenant, or a signed token. Compares digests in constant time and looks at every key, so that the answer's time says nothing about any key;
 * a refusal never says which of these it failed at.
 */
public final class Authenticator {

    private static final String SCHEME = "Bearer ";

    private final List<ApiKey> keys;
    private final Optional<TenantFile> tenants;
    private final Optional<TokenVerifier> tokens;

    /** @param secrets the accepted keys; none = every caller is {@link Caller#LOCAL}, which only a loopback server may allow */
    public Authenticator(List<String> secrets) {
        this(secrets, Identities.NONE, () -> 0);
    }

    /**
     * @param secrets accepted keys that are configured; with none of them and no {@code identities} every caller is {@link Caller#LOCAL}
     * @param nanoClock monotonic: says when files are looked at again
     * @throws ForetokenException CONFIG_INVALID for a file that cannot be read
     */
    public Authenticator(List<String> secrets, Identities identities, LongSupplier nanoClock) {
        this.keys = secrets.stream().map(ApiKey::of).toList();
        this.tenants = identities.tenants().map(path -> new TenantFile(path, nanoClock));
        this.tokens = identities.tokens().map(config -> new TokenVerifier(config, nanoClock));
    }

    /**
     * May read files, and hashes as often as tenants have keys: not for threads that others wait for.
     *
     * @param authorization the header's value; null = not sent
     * @throws ForetokenException UNAUTHENTICATED
     */
    public Caller authenticate(@Nullable String authorization) {
        return atOnce(authorization).orElseGet(() -> lookedUp(credential(authorization)));
    }

    /**
     * As {@link #authenticate}, but only what memory tells by one hash; empty: that alone does not tell.
     *
     * @throws ForetokenException UNAUTHENTICATED
     */
    public Optional<Caller> atOnce(@Nullable String authorization) {
        boolean others = tenants.isPresent() || tokens.isPresent();
        if (keys.isEmpty() && !others) {
            return Optional.of(Caller.LOCAL);
        }
        Optional<Caller> known = ofConfiguredKey(credential(authorization)).map(Caller::new);
        if (known.isEmpty() && !others) {
            throw unknown();
        }
        return known;
    }

    /**
     * Who has a name, where somebody else has seen to who may use it: those who may write into a topic speak for every tenant.
     *
     * @param tenant empty = nobody's, which only a server without tenants takes
     * @throws ForetokenException PERMISSION_DENIED for a name that no credential stands for
     */
    public Caller named(String tenant) {
        boolean others = tenants.isPresent() || tokens.isPresent();
        if (tenant.isEmpty() && !others) {
            return Caller.LOCAL;
        }
        Optional<Tenant> ofKey = keys.stream()
                .map(ApiKey::tenant)
                .filter(tenant::equals)
                .findFirst()
                .map(Tenant::of);
        return ofKey.or(() -> others ? tenantOf(tenant) : Optional.empty())
                .map(Caller::new)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.PERMISSION_DENIED,
                        tenant.isEmpty()
                                ? "the request names no tenant, but this server has tenants; name one of them"
                                : "there is no tenant here of the name that the request has"));
    }

    private static String credential(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ForetokenException(
                    ErrorCode.UNAUTHENTICATED, "an API key is needed; send the header 'Authorization: Bearer KEY'");
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    private Caller lookedUp(String credential) {
        Optional<Tenant> ofTenant = tokens.isPresent() && TokenVerifier.isToken(credential)
                ? Optional.empty()
                : tenants.flatMap(file -> file.current().ofKey(credential));
        return ofTenant.or(() -> ofToken(credential)).map(Caller::new).orElseThrow(Authenticator::unknown);
    }

    private static ForetokenException unknown() {
        return new ForetokenException(
                ErrorCode.UNAUTHENTICATED, "the API key or token is not known here, or not valid any more");
    }

    private Optional<Tenant> ofConfiguredKey(String credential) {
        byte[] presented = ApiKey.digest(credential);
        Optional<Tenant> found = Optional.empty();
        for (ApiKey key : keys) {
            if (MessageDigest.isEqual(key.digest(), presented)) {
                found = Optional.of(Tenant.of(key.tenant()));
            }
        }
        return found;
    }

    private Optional<Tenant> ofToken(String credential) {
        return tokens.filter(verifier -> TokenVerifier.isToken(credential))
                .flatMap(verifier -> verifier.tenant(credential))
                .flatMap(this::tenantOf);
    }

    /** One of the file where there is one; any with a proper name where there is none. */
    private Optional<Tenant> tenantOf(String id) {
        if (tenants.isPresent()) {
            return tenants.get().current().ofId(id);
        }
        // no token may claim to be a configured key
        boolean proper = Tenant.isId(id) && !id.startsWith(Caller.KEY_TENANTS);
        return proper ? Optional.of(Tenant.of(id)) : Optional.empty();
    }
}
