package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Git's name of a file: the SHA-1 of {@code "blob " SIZE NUL CONTENT}. Notices damage; it is no defence against a forger. */
final class GitBlob {

    private static final int READ_BYTES = 1 << 17;

    private GitBlob() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT when {@code target} is not what was listed; it is removed then */
    static void check(RemoteFile file, Path target) throws IOException {
        if (file.gitDigest().isEmpty() || name(target).equals(file.gitDigest().get())) {
            return;
        }
        Files.delete(target);
        throw new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT, file.path() + " is not the file that was listed; pull again");
    }

    static String name(Path file) throws IOException {
        MessageDigest hasher = sha1();
        hasher.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        byte[] buffer = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(hasher.digest());
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this Java has no SHA-1", e);
        }
    }
}
