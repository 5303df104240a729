package dev.foretoken.registry.name;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.regex.Pattern;

/** What a model, a variant or an alias may be called. */
public final class Names {
    /** The variant that an import makes. */
    public static final String BASE = "base";
    /** Stands for the best variant that fits; no variant may be called so. */
    public static final String AUTO = "auto";

    private static final Pattern ALLOWED = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final int SHOWN = 80;

    private Names() {}

    /** The name itself; refused with a sentence when it is not one. {@code what}: "model", "variant" or "alias". */
    public static String require(String what, String name) {
        if (!ALLOWED.matcher(name).matches()) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "%s is no name for %s: use 1 to 63 of a-z, 0-9, '.', '_' and '-', the first a letter or a digit"
                            .formatted(quoted(name), what.equals("alias") ? "an alias" : "a " + what));
        }
        return name;
    }

    /** A name for a variant that a build makes: neither of the two words with a meaning of their own. */
    public static String requireNewVariant(String name) {
        if (name.equals(BASE) || name.equals(AUTO)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "a variant cannot be called '%s': %s; choose another name"
                            .formatted(
                                    name,
                                    name.equals(BASE) ? "that is the imported one" : "it means the best that fits"));
        }
        return require("variant", name);
    }

    /** For messages: in quotes, cut when long, control characters left out. */
    static String quoted(String text) {
        String clean = text.codePoints()
                .filter(c -> !Character.isISOControl(c))
                .limit(SHOWN)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "'" + clean + (text.length() > SHOWN ? "..." : "") + "'";
    }
}
