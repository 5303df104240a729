package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/** The ways in which an import is refused. Texts that files chose are cut short and made printable. */
final class Refusal {

    private static final int MOST = 120;

    private Refusal() {}

    /** The files are not what they say they are. */
    static ForetokenException damaged(String what, Object... arguments) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, what.formatted(arguments));
    }

    static ForetokenException unreadable(String name, Exception cause) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, quoted(name) + " cannot be read", cause);
    }

    /** The files are sound, but no model that can be kept here. */
    static ForetokenException unsupported(String what, Object... arguments) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, what.formatted(arguments));
    }

    static String quoted(String text) {
        String start = text.length() <= MOST ? text : text.substring(0, MOST) + "...";
        return start.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
