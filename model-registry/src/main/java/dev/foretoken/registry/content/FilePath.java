package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;

/**
 * The one rule for paths inside a variant: relative, normalised, {@code /} between segments. Everything that could leave the variant's
 * folder on any file system is refused here, before a path is made of it.
 */
public final class FilePath {

    /** In UTF-8 bytes. */
    public static final int MAX_BYTES = 512;

    private FilePath() {}

    /**
     * Returns {@code path} itself.
     *
     * @throws ForetokenException CONFIG_INVALID saying what is wrong with it
     */
    public static String checked(String path) {
        String wrong = wrong(path);
        if (!wrong.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "file path " + Quoted.of(path) + " " + wrong
                            + "; it must be relative, normalised, with / between names");
        }
        return path;
    }

    private static String wrong(String path) {
        if (path.isEmpty()) {
            return "is empty";
        }
        if (path.length() > MAX_BYTES || path.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "is longer than " + MAX_BYTES + " bytes";
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            return "is not Unicode text";
        }
        if (path.startsWith("/")) {
            return "is absolute";
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\' || c == ':' || Character.isISOControl(c)) {
                return "has a backslash, a colon or a control character";
            }
        }
        return wrongSegment(path);
    }

    private static String wrongSegment(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                return "has an empty name between or after slashes";
            }
            if (segment.equals(".") || segment.equals("..")) {
                return "has " + segment + " in it";
            }
        }
        return "";
    }
}
