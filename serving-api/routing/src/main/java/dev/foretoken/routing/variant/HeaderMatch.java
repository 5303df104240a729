package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;

/** A header, or gRPC metadata, that asks for a canary: {@code name=value}, the name in lower case. */
public record HeaderMatch(String name, String value) {

    public HeaderMatch {
        require(name.matches("[a-z0-9-]{1,64}"), "canary.header", name, "NAME=VALUE, the name in lower case");
        require(!value.isBlank(), "canary.header", name + "=", "NAME=VALUE with a value");
    }

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for what is not {@code NAME=VALUE} */
    public static HeaderMatch parse(String text) {
        int equals = text.indexOf('=');
        require(equals > 0, "canary.header", text, "NAME=VALUE such as x-canary=yes");
        return new HeaderMatch(text.substring(0, equals), text.substring(equals + 1));
    }
}
