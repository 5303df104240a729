package dev.foretoken.registry.name;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/** Reads {@code MODEL}, {@code MODEL:ALIAS}, {@code MODEL@VERSION} and {@code MODEL@VERSION/VARIANT}. */
final class ReferenceParser {
    private static final int MAX_LENGTH = 256;
    private static final int MAX_DIGITS = 9;
    private static final String FORMS = "write toy, toy:ALIAS, toy@VERSION or toy@VERSION/VARIANT";

    private ReferenceParser() {}

    static Reference parse(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw refused(text, "a reference has 1 to " + MAX_LENGTH + " characters; " + FORMS);
        }
        int at = text.indexOf('@');
        int colon = text.indexOf(':');
        if (at >= 0 && colon >= 0) {
            throw refused(text, "an alias already says which version: use ':' or '@', not both");
        }
        if (colon >= 0) {
            return new Reference.Alias(model(text, colon), Names.require("alias", text.substring(colon + 1)));
        }
        if (at >= 0) {
            return atVersion(text, at);
        }
        if (text.indexOf('/') >= 0) {
            throw refused(text, "a variant belongs to a version: " + FORMS);
        }
        return new Reference.Newest(text);
    }

    private static Reference atVersion(String text, int at) {
        String model = model(text, at);
        int slash = text.indexOf('/', at);
        int version = version(text, text.substring(at + 1, slash < 0 ? text.length() : slash));
        return slash < 0
                ? new Reference.AtVersion(model, version)
                : new Reference.Exact(new VariantRef(model, version, text.substring(slash + 1)));
    }

    private static String model(String text, int end) {
        return Names.require("model", text.substring(0, end));
    }

    private static int version(String text, String digits) {
        boolean number = !digits.isEmpty()
                && digits.length() <= MAX_DIGITS
                && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                && digits.charAt(0) != '0';
        if (!number) {
            throw refused(text, "a version is a number from 1 on, as in toy@3; found " + Names.quoted(digits));
        }
        return Integer.parseInt(digits);
    }

    private static ForetokenException refused(String text, String why) {
        return new ForetokenException(ErrorCode.INVALID_REQUEST, Names.quoted(text) + ": " + why);
    }
}
