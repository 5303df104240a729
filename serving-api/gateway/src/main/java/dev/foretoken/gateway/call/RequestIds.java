package dev.foretoken.gateway.call;

import dev.foretoken.gateway.Gateway;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Takes a caller's x-request-id where it is harmless in logs and headers, and makes one otherwise. */
public final class RequestIds {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

    private RequestIds() {}

    public static String acceptOrMake(@Nullable String sent, Gateway gateway) {
        return sent != null && HARMLESS.matcher(sent).matches() ? sent : gateway.newId();
    }
}
