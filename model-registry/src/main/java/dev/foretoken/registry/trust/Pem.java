package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with blocks such as {@code -----BEGIN PUBLIC KEY-----}, RFC 7468. Other text around the blocks is ignored. */
record Pem(String text) {

    static final String PRIVATE = "PRIVATE KEY";
    static final String PUBLIC = "PUBLIC KEY";

    private static final int MAX_BYTES = 64 << 10;
    private static final int LINE = 64;

    /**
     * The text of a key file.
     *
     * @throws ForetokenException CONFIG_INVALID when it is longer than any key file
     */
    static Pem read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw invalid(file.getFileName() + " has more than " + MAX_BYTES + " bytes, that is no key");
            }
            return new Pem(new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    /** The bytes of the first block of this kind. */
    Optional<byte[]> block(String label) {
        Pattern pattern =
                Pattern.compile("-----BEGIN " + label + "-----([A-Za-z0-9+/=\\s]*+)-----END " + label + "-----");
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Base64.getMimeDecoder().decode(matcher.group(1)));
        } catch (IllegalArgumentException e) {
            throw invalid("the block " + label + " is not base64");
        }
    }

    /** One block in the form that every tool writes: lines of 64 characters, a line feed at the end of each. */
    static String of(String label, byte[] der) {
        String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
