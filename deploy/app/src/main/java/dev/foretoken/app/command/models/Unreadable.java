package dev.foretoken.app.command.models;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files of the command line that cannot be read. */
final class Unreadable {

    private Unreadable() {}

    /** {@code option}: that names the file, as in {@code --key}. */
    static ForetokenException of(String option, Path file, IOException e) {
        String why = switch (e) {
            case NoSuchFileException _ -> "is not there";
            case AccessDeniedException _ -> "may not be read by this user";
            case CharacterCodingException _ -> "is not UTF-8 text";
            default -> "cannot be read";
        };
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST, option + "=" + file + " " + why + "; name another file", e);
    }
}
