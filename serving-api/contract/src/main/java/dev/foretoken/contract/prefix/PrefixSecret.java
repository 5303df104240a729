package dev.foretoken.contract.prefix;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Where the key of a {@link PrefixHasher} comes from. Whoever has it can tell from prefix keys whether a guessed prompt was asked. */
public final class PrefixSecret {

    private static final int BYTES = 32;
    private static final String LABEL = "foretoken prefix keys 1";

    private PrefixSecret() {}

    /** Known to this process alone. */
    public static byte[] random() {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /**
     * The same in every process that has the same pod credential: HMAC-SHA-256 of a fixed label under it. Without a credential, which only
     * pods on a loopback address may do, it is no secret: whoever may connect to such a pod can ask as any tenant, and so learn as much.
     */
    public static byte[] shared(Optional<String> credential) {
        byte[] key = ("pod " + credential.orElse("")).getBytes(StandardCharsets.UTF_8);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(LABEL.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
