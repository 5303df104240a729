package dev.foretoken.app.terminal;

import java.util.regex.Pattern;

/** Texts that carry what comes from files: a terminal obeys some characters. */
public final class PlainText {

    private static final Pattern UNSEEN = Pattern.compile("[^ -~]");

    private PlainText() {}

    /** The text in one line of printable ASCII; every other character is a question mark. */
    public static String of(String text) {
        return UNSEEN.matcher(text).replaceAll("?");
    }
}
