package dev.foretoken.gateway.remote;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/** An address that is written as numbers: nothing is looked up. */
public record IpAddress(InetAddress address) {

    /** Empty for a name. */
    public static Optional<IpAddress> of(String text) {
        try {
            return Optional.of(new IpAddress(InetAddress.ofLiteral(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** {@code IP:PORT}, an IPv6 address in brackets. */
    public String withPort(int port) {
        String text = address.getHostAddress();
        return (address instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
    }
}
