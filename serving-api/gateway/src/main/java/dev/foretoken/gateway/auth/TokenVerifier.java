package dev.foretoken.gateway.auth;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwt.MalformedClaimException;

/**
 * Reads the tenant from a signed token. The algorithm, the keys, the issuer and the audience are ours; nothing in a token chooses among them,
 * names a key elsewhere, or goes without an expiry.
 */
final class TokenVerifier {

    private static final Logger LOG = Logger.getLogger(TokenVerifier.class);
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int LONGEST = 16 << 10;
    private static final int CLOCK_SKEW_SECONDS = 30;

    private final TokenConfig config;
    private final LongSupplier nanoClock;
    private final JWTAuthContextInfo expected;
    private volatile Keys keys;

    private record Keys(KeySetParser parser, FileTime modified, long lookedAt) {}

    /**
     * @param nanoClock monotonic, as {@link System#nanoTime}
     * @throws ForetokenException CONFIG_INVALID when the file of keys cannot be read
     */
    TokenVerifier(TokenConfig config, LongSupplier nanoClock) {
        this.config = config;
        this.nanoClock = nanoClock;
        this.expected = expected(config);
        try {
            this.keys = new Keys(read(), Files.getLastModifiedTime(config.keys()), nanoClock.getAsLong());
        } catch (IOException e) {
            throw unreadable();
        }
    }

    private static JWTAuthContextInfo expected(TokenConfig config) {
        JWTAuthContextInfo info = new JWTAuthContextInfo();
        info.setIssuedBy(config.issuer());
        info.setExpectedAudience(Set.of(config.audience()));
        info.setSignatureAlgorithm(Set.of(SignatureAlgorithm.fromAlgorithm(config.algorithm())));
        info.setRequireNamedPrincipal(false);
        info.setClockSkew(CLOCK_SKEW_SECONDS);
        return info;
    }

    /** Whether it has the form of one: three parts, of which the first is an object. */
    static boolean isToken(String text) {
        return text.startsWith("eyJ") && text.chars().filter(c -> c == '.').count() == 2;
    }

    /** What it says of its tenant; empty when it is not to be believed, for whatever reason. */
    Optional<String> tenant(String token) {
        if (token.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(
                    current().parse(token, expected).getJwtClaims().getClaimValue(config.tenantClaim(), String.class));
        } catch (ParseException | MalformedClaimException e) {
            LOG.debugf("a token was refused: %s", e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    private KeySetParser current() {
        Keys known = keys;
        return nanoClock.getAsLong() - known.lookedAt() < LOOK_NANOS ? known.parser() : look();
    }

    private synchronized KeySetParser look() {
        Keys known = keys;
        try {
            FileTime modified = Files.getLastModifiedTime(config.keys());
            KeySetParser parser = modified.equals(known.modified()) ? known.parser() : read();
            keys = new Keys(parser, modified, nanoClock.getAsLong());
        } catch (IOException | ForetokenException e) {
            LOG.errorf("the keys of tokens stay as they were: %s", unreadable().getMessage());
            keys = new Keys(known.parser(), known.modified(), nanoClock.getAsLong());
        }
        return keys.parser();
    }

    private KeySetParser read() throws IOException {
        return KeySetParser.of(Files.readString(config.keys())).orElseThrow(this::unreadable);
    }

    private ForetokenException unreadable() {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "jwt-keys=" + config.keys() + " cannot be read; it must be a JSON Web Key Set of public keys");
    }
}
