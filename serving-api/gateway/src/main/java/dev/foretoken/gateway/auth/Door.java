package dev.foretoken.gateway.auth;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one listener asks of who comes in: the right name for us, and a credential. */
public final class Door {

    private final HostNames names;
    private final Authenticator authenticator;

    /**
     * @param host address that is listened on
     * @param further see {@link HostNames}
     */
    public Door(String host, List<String> further, Authenticator authenticator) {
        this.names = new HostNames(host, further);
        this.authenticator = authenticator;
    }

    /**
     * @param authority the Host header or HTTP/2 authority; null = not sent
     * @throws ForetokenException PERMISSION_DENIED
     */
    public void checkName(@Nullable String authority) {
        if (!names.allows(authority)) {
            throw new ForetokenException(
                    ErrorCode.PERMISSION_DENIED,
                    "this server does not answer to the name in the Host header; use localhost, or allow the name");
        }
    }

    /** See {@link Authenticator#atOnce}. */
    public Optional<Caller> atOnce(@Nullable String authorization) {
        return authenticator.atOnce(authorization);
    }

    /** See {@link Authenticator#authenticate}. */
    public Caller authenticate(@Nullable String authorization) {
        return authenticator.authenticate(authorization);
    }
}
