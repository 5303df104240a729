package dev.foretoken.gateway;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.auth.HostNames;
import java.util.List;

/**
 * How the port listens on which the registry is changed. Callers' API keys do not open it.
 *
 * @param host address to listen on; one that other machines can reach needs a key
 * @param port 0 = any free one
 * @param keys accepted credentials; empty = none needed
 * @param allowedHosts further names in the Host header, see {@link HostNames}
 */
public record AdminConfig(String host, int port, List<String> keys, List<String> allowedHosts) {

    public AdminConfig {
        keys = List.copyOf(keys);
        allowedHosts = List.copyOf(allowedHosts);
        require(!host.isBlank(), "admin-host", host, "an address to listen on");
        requireRange("admin-port", port, 0, 65_535);
        require(
                HostNames.isLoopback(host) || !keys.isEmpty(),
                "admin-host",
                host,
                "a loopback address (127.0.0.1, ::1, localhost) unless an admin key is set: other machines can reach it");
    }

    /** Keeps the keys out of logs. */
    @Override
    public String toString() {
        return "AdminConfig[host=" + host + ", port=" + port + ", keys=" + keys.size() + ", allowedHosts="
                + allowedHosts + "]";
    }
}
