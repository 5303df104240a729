package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/** Where a gateway finds a runtime pod: {@code HOST:PORT}. */
public record PodAddress(String host, int port) {

    public static PodAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            if (colon > 0) {
                return new PodAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            // Falls through to the message that shows the expected form.
        }
        throw new ForetokenException(ErrorCode.CONFIG_INVALID, "pod '" + text + "' must be HOST:PORT");
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
