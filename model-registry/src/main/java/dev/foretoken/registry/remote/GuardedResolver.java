package dev.foretoken.registry.remote;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names for the client and checks every address. The client connects to exactly these addresses, so a name that changes between
 * check and use gains nothing.
 */
final class GuardedResolver implements DnsResolver {

    /** Where addresses come from. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private final HostRules rules;
    private final Lookup lookup;

    GuardedResolver(HostRules rules, Lookup lookup) {
        this.rules = rules;
        this.lookup = lookup;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = lookup.addresses(host);
        for (InetAddress address : addresses) {
            rules.requireAllowed(host, address);
        }
        return addresses;
    }

    /** Resolves for a request without encryption: it must not leave the machine. */
    void requireLoopback(String host) throws UnknownHostException {
        for (InetAddress address : lookup.addresses(host)) {
            rules.requireLoopback(host, address);
        }
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
