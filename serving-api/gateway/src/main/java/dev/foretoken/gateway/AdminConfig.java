package dev.foretoken.gateway;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.auth.HostNames;
import java.util.List;

/**
 * How the port listens on which operators change the registry and see decisions and rollouts. Callers' API keys do not open it, and without
 * a key of its own there is no such port, on loopback neither: whoever has an account on the machine could use it.
 *
 * @param host address to listen on
 * @param port 0 = any free one
 * @param keys accepted credentials, at least one
 * @param allowedHosts further names in the Host header, see {@link HostNames}
 */
public record AdminConfig(String host, int port, List<String> keys, List<String> allowedHosts) {

    public AdminConfig {
        keys = List.copyOf(keys);
        allowedHosts = List.copyOf(allowedHosts);
        require(!host.isBlank(), "admin-host", host, "an address to listen on");
        requireRange("admin-port", port, 0, 65_535);
        require(!keys.isEmpty(), "admin-key", "(none)", "given where there is an admin port");
    }

    /** Keeps the keys out of logs. */
    @Override
    public String toString() {
        return "AdminConfig[host=" + host + ", port=" + port + ", keys=" + keys.size() + ", allowedHosts="
                + allowedHosts + "]";
    }
}
