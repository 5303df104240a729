package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The SHA-256 of some bytes, which is also their name. Written {@code sha256:} + 64 lower-case hexadecimal digits; nothing else is
 * accepted, so a digest is safe as a file name.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Digest(String hex) implements Comparable<Digest> {

    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final int READ_BYTES = 1 << 17;

    /** @throws ForetokenException CONFIG_INVALID when {@code hex} is not 64 lower-case hexadecimal digits */
    public Digest {
        if (!HEX.matcher(hex).matches()) {
            throw invalid(hex);
        }
    }

    /** @throws ForetokenException CONFIG_INVALID for anything but {@code sha256:} + 64 lower-case hexadecimal digits */
    public static Digest parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw invalid(text);
        }
        return new Digest(text.substring(PREFIX.length()));
    }

    public static Digest of(byte[] bytes) {
        return new Digest(HexFormat.of().formatHex(hasher().digest(bytes)));
    }

    /** Reads the whole file. */
    public static Digest of(Path file) throws IOException {
        MessageDigest hasher = hasher();
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        return of(hasher);
    }

    /** The digest of what {@code hasher}, made by {@link #hasher()}, was given; resets it. */
    public static Digest of(MessageDigest hasher) {
        return new Digest(HexFormat.of().formatHex(hasher.digest()));
    }

    /** A fresh SHA-256, for one thread. */
    public static MessageDigest hasher() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this Java has no SHA-256", e);
        }
    }

    private static ForetokenException invalid(String text) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "digest " + Quoted.of(text) + ", must be sha256: and 64 lower-case hexadecimal digits");
    }

    @Override
    public int compareTo(Digest other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
