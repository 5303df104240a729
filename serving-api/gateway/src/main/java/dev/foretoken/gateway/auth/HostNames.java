package dev.foretoken.gateway.auth;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The names in the Host header this server answers to. On loopback a foreign name means that a web page has pointed its own name at this
 * machine (DNS rebinding): its scripts would otherwise be same-origin with us.
 */
public final class HostNames {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");

    private final boolean anyName;
    private final Set<String> allowed = new TreeSet<>();

    /** @param further names beside those of loopback and the bind address itself; for a public address none = any */
    public HostNames(String bindHost, List<String> further) {
        this.anyName = !isLoopback(bindHost) && further.isEmpty();
        allowed.addAll(LOOPBACK);
        allowed.add(bracketed(bindHost));
        further.forEach(name -> allowed.add(bracketed(name)));
    }

    private static String bracketed(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.indexOf(':') >= 0 && !lower.startsWith("[") ? "[" + lower + "]" : lower;
    }

    /** Whether an address, written as numbers or as {@code localhost}, reaches this machine alone. Names are not looked up. */
    public static boolean isLoopback(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost")
                || lower.matches("127(\\.\\d{1,3}){3}")
                || lower.equals("::1")
                || lower.equals("[::1]");
    }

    /** @param header the Host header or HTTP/2 authority, port included */
    public boolean allows(@Nullable String header) {
        if (anyName) {
            return true;
        }
        return header != null && allowed.contains(withoutPort(header.toLowerCase(Locale.ROOT)));
    }

    private static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }
}
