package dev.foretoken.gateway.picker;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Where the endpoint picker listens. Which hosts need an API key is decided with the HTTP server's host: both share one.
 *
 * @param port 0 = any free one
 */
public record PickerConfig(String host, int port) {

    public PickerConfig {
        requireRange("picker-port", port, 0, 65_535);
    }
}
