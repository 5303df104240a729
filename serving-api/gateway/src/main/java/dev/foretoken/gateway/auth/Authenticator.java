package dev.foretoken.gateway.auth;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a caller is by the {@code Authorization: Bearer KEY} header (gRPC: metadata of that name). Compares SHA-256 digests in
 * constant time and looks at every key, so that the answer's time says nothing about any key.
 */
public final class Authenticator {

    private static final String SCHEME = "Bearer ";

    private final List<ApiKey> keys;

    /** @param secrets the accepted keys; none = every caller is {@link Caller#LOCAL}, which only a loopback server may allow */
    public Authenticator(List<String> secrets) {
        this.keys = secrets.stream().map(ApiKey::of).toList();
    }

    /**
     * @param authorization the header's value; null = not sent
     * @throws ForetokenException UNAUTHENTICATED
     */
    public Caller authenticate(@Nullable String authorization) {
        if (keys.isEmpty()) {
            return Caller.LOCAL;
        }
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ForetokenException(
                    ErrorCode.UNAUTHENTICATED, "an API key is needed; send the header 'Authorization: Bearer KEY'");
        }
        byte[] presented =
                ApiKey.digest(authorization.substring(SCHEME.length()).strip());
        ApiKey found = null;
        for (ApiKey key : keys) {
            if (MessageDigest.isEqual(key.digest(), presented)) {
                found = key;
            }
        }
        if (found == null) {
            throw new ForetokenException(ErrorCode.UNAUTHENTICATED, "the API key is not known here");
        }
        return new Caller(found.tenant());
    }
}
