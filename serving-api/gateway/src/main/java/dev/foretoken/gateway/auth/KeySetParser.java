package dev.foretoken.gateway.auth;

import io.smallrye.jwt.auth.principal.DefaultJWTTokenParser;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import java.util.Optional;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;

/** Verifies tokens with the public keys of one key set, and with nothing that a token brings. */
final class KeySetParser extends DefaultJWTTokenParser {

    private final VerificationKeyResolver resolver;

    private KeySetParser(JsonWebKeySet keys) {
        this.resolver = new JwksVerificationKeyResolver(keys.getJsonWebKeys());
    }

    /** Empty when {@code json} is no set of public keys; symmetric ones are none. */
    static Optional<KeySetParser> of(String json) {
        try {
            JsonWebKeySet keys = new JsonWebKeySet(json);
            boolean fits = !keys.getJsonWebKeys().isEmpty()
                    && keys.getJsonWebKeys().stream().allMatch(KeySetParser::isPublic);
            return fits ? Optional.of(new KeySetParser(keys)) : Optional.empty();
        } catch (JoseException e) {
            return Optional.empty();
        }
    }

    private static boolean isPublic(JsonWebKey key) {
        return key instanceof PublicJsonWebKey pair && pair.getPrivateKey() == null;
    }

    @Override
    protected VerificationKeyResolver getVerificationKeyResolver(JWTAuthContextInfo info) {
        return resolver;
    }
}
