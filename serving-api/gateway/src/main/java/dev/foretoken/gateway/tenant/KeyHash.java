package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.require;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * A key as it is kept: SHA-256 of a salt and the key. Keys that {@link #newKey} makes hold 256 random bits, which nobody finds by trying, so
 * that a slow hash would only cost every request its time; a key that a person chose must be long.
 */
public record KeyHash(byte[] salt, byte[] digest) {

    private static final String FORM = "sha256:[0-9a-f]{32}:[0-9a-f]{64}";
    private static final HexFormat HEX = HexFormat.of();
    private static final int SALT_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final int SHORTEST = 16;
    private static final int LONGEST = 512;

    /** A key that nobody has: {@code ft-} and 64 hexadecimal digits. */
    public static String newKey(RandomGenerator random) {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return "ft-" + HEX.formatHex(bytes);
    }

    /** @param random for the salt, which no other hash has */
    public static KeyHash of(String key, RandomGenerator random) {
        require(
                key.chars().allMatch(c -> c > 0x20 && c < 0x7f) && isLongAsKeys(key),
                "key",
                "(" + key.length() + " characters)",
                SHORTEST + " to " + LONGEST + " visible ASCII characters without spaces");
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new KeyHash(salt, digest(salt, key));
    }

    /** Reads what {@link #text} wrote. */
    static KeyHash parse(String text) {
        require(
                text.matches(FORM),
                "tenant.keys",
                "(" + text.length() + " characters)",
                "hashes as `foretoken keys create` prints them, never keys themselves");
        String[] parts = text.split(":");
        return new KeyHash(HEX.parseHex(parts[1]), HEX.parseHex(parts[2]));
    }

    /** What stands in a file of tenants: {@code sha256:SALT:DIGEST}. */
    public String text() {
        return "sha256:" + HEX.formatHex(salt) + ":" + HEX.formatHex(digest);
    }

    /** Whether it is as long as keys are: nothing else is worth a hash. */
    static boolean isLongAsKeys(String presented) {
        return presented.length() >= SHORTEST && presented.length() <= LONGEST;
    }

    /** Takes as long whatever {@code presented} is. */
    boolean matches(String presented) {
        return MessageDigest.isEqual(digest, digest(salt, presented));
    }

    private static byte[] digest(byte[] salt, String key) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(salt);
            return sha.digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "KeyHash";
    }
}
