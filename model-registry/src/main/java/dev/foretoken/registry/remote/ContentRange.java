package dev.foretoken.registry.remote;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header of a 206: {@code bytes START-END/TOTAL}. */
record ContentRange(long start, long total) {

    private static final Pattern FORM = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

    static ContentRange parse(String text) throws IOException {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IOException("the answer does not say which bytes it has");
        }
        return new ContentRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(3)));
    }
}
