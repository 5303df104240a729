package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.regex.Pattern;

/**
 * A model to serve: {@code NAME=PATH} on the command line.
 *
 * @param location a checkpoint directory, {@code demo}, or {@code random:SHAPE}
 */
public record ModelMount(String name, String location) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}");

    public ModelMount {
        if (!NAME.matcher(name).matches()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "model name '" + name
                            + "' must be 1 to 128 letters, digits or . _ : / @ -, and start with a letter or digit");
        }
    }

    /** Reads {@code NAME=PATH}; a bare path is served under its last folder's name. */
    public static ModelMount parse(String text) {
        int equals = text.indexOf('=');
        if (equals >= 0) {
            return new ModelMount(text.substring(0, equals), text.substring(equals + 1));
        }
        String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        return new ModelMount(
                trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf(':')) + 1), text);
    }

    @Override
    public String toString() {
        return name + "=" + location;
    }
}
