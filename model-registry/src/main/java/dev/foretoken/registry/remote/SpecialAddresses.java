package dev.foretoken.registry.remote;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * Addresses that are not somebody else's machine on the Internet: the entries of IANA's special-purpose registries that are not globally
 * reachable, and IPv6 forms that carry an IPv4 address.
 */
final class SpecialAddresses {

    private SpecialAddresses() {}

    /** First byte(s) of the network in hexadecimal, bits of the prefix. */
    private record Network(byte[] start, int bits) {
        static Network of(String hex, int bits) {
            return new Network(HexFormat.of().parseHex(hex), bits);
        }

        boolean contains(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((start[bit >> 3] ^ address[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final Network[] IPV4 = {
        Network.of("00", 8), // this network
        Network.of("0a", 8), // private
        Network.of("6440", 10), // carrier-grade NAT
        Network.of("7f", 8), // loopback
        Network.of("a9fe", 16), // link-local, cloud metadata
        Network.of("ac10", 12), // private
        Network.of("c00000", 24), // protocol assignments
        Network.of("c00002", 24), // documentation
        Network.of("c0586300", 24), // 6to4 relays
        Network.of("c0a8", 16), // private
        Network.of("c612", 15), // benchmarks
        Network.of("c63364", 24), // documentation
        Network.of("cb0071", 24), // documentation
        Network.of("e0", 3), // multicast, reserved, broadcast
    };

    /** Only 2000::/3 is global; parts of it are not, or lead back into IPv4. */
    private static final Network GLOBAL = Network.of("20", 3);

    private static final Network[] NOT_GLOBAL = {
        Network.of("200100", 23), // protocol assignments, Teredo
        Network.of("20010db8", 32), // documentation
        Network.of("2002", 16), // 6to4
        Network.of("3fff", 20), // documentation
    };

    static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet6Address) {
            return !GLOBAL.contains(bytes) || any(NOT_GLOBAL, bytes);
        }
        return any(IPV4, bytes);
    }

    private static boolean any(Network[] networks, byte[] address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }
}
