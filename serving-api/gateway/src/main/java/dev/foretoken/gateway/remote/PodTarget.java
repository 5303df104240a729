package dev.foretoken.gateway.remote;

/**
 * A runtime pod that may be connected to.
 *
 * @param host address or name
 * @param serviceName what it is known by where its host is only an address: what its certificate bears
 */
public record PodTarget(String host, int port, String serviceName) {

    /** {@code HOST:PORT}, an IPv6 address in brackets. */
    public String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
