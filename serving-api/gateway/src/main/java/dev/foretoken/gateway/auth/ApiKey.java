package dev.foretoken.gateway.auth;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A credential, kept as its SHA-256 alone, so that neither a heap dump nor a log line shows it.
 *
 * @param tenant whose requests it marks
 */
record ApiKey(String tenant, byte[] digest) {

    private static final int MIN_LENGTH = 8;
    private static final int MAX_LENGTH = 512;
    private static final int TENANT_BYTES = 8;

    /** Visible ASCII of 8 to 512 characters, since it travels in a header. The tenant's name does not reveal the key. */
    static ApiKey of(String secret) {
        boolean visible = secret.chars().allMatch(c -> c > 0x20 && c < 0x7f);
        require(
                visible && secret.length() >= MIN_LENGTH && secret.length() <= MAX_LENGTH,
                "gateway.api-key",
                "(" + secret.length() + " characters)",
                MIN_LENGTH + " to " + MAX_LENGTH + " visible ASCII characters without spaces");
        byte[] name = digest("foretoken tenant of " + secret);
        return new ApiKey("key-" + HexFormat.of().formatHex(name, 0, TENANT_BYTES), digest(secret));
    }

    static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "ApiKey[" + tenant + "]";
    }
}
