package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which hosts may be asked. Nothing is allowed that is not listed; a listed host still may not have a loopback, private or otherwise
 * special address, unless it is listed among {@code privateHosts}. Plain {@code http} is for private hosts at a loopback address alone.
 *
 * @param hosts exact names, or {@code *.suffix}; each may end in {@code :PORT}, else any port goes
 * @param privateHosts exact names or addresses that may be inside the own network, each maybe with {@code :PORT}
 */
public record HostRules(List<String> hosts, List<String> privateHosts) {

    /** The Hugging Face hub and the hosts that it redirects downloads to. */
    public static final List<String> HUB = List.of("huggingface.co", "*.huggingface.co", "*.hf.co");

    private static final Pattern ENTRY = Pattern.compile("(\\*\\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?");
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
    private static final int MAX_URI = 8192;

    /** @throws ForetokenException CONFIG_INVALID, naming the entry */
    public HostRules {
        hosts = normalised("--allow-host", hosts, true);
        privateHosts = normalised("--allow-private-host", privateHosts, false);
    }

    public static HostRules defaults() {
        return new HostRules(HUB, List.of());
    }

    /** The same with more of both kinds. */
    public HostRules with(List<String> moreHosts, List<String> morePrivateHosts) {
        List<String> all = new ArrayList<>(hosts);
        all.addAll(moreHosts);
        List<String> inside = new ArrayList<>(privateHosts);
        inside.addAll(morePrivateHosts);
        return new HostRules(all, inside);
    }

    /**
     * Checks scheme, host and form; addresses are checked when the name is resolved.
     *
     * @throws ForetokenException PERMISSION_DENIED with what may be asked
     */
    void requireAllowed(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        String host = host(uri);
        int port = port(uri, scheme);
        if (!matches(hosts, host, port) && !matches(privateHosts, host, port)) {
            throw denied(
                    "host %s is not allowed, only %s; --allow-host HOST allows it, --allow-private-host one inside this network"
                            .formatted(host + ":" + port, String.join(", ", all())));
        }
        boolean plain = scheme.equals("http") && matches(privateHosts, host, port);
        if (!scheme.equals("https") && !plain) {
            throw denied(
                    "%s://%s may not be asked, only https; http is for loopback hosts that --allow-private-host lists"
                            .formatted(scheme, host));
        }
    }

    /** Checks one address that {@code host} has. */
    void requireAllowed(String host, InetAddress address) {
        if (SpecialAddresses.contains(address) && !isPrivate(host)) {
            throw denied("host %s has an address inside this network, which --allow-private-host does not list"
                    .formatted(host));
        }
    }

    /** For plain http: refuses an address that others on the way could answer for. */
    void requireLoopback(String host, InetAddress address) {
        if (!address.isLoopbackAddress()) {
            throw denied("host %s is not on this machine, so it may be asked by https only".formatted(host));
        }
    }

    /** Refuses to be led from outside into the own network, even to a host that may be asked directly. */
    void requireStaysOutside(URI from, URI to) {
        if (!isPrivate(String.valueOf(from.getHost())) && isPrivate(String.valueOf(to.getHost()))) {
            throw denied("%s redirects to %s, which is inside this network".formatted(Shown.of(from), Shown.of(to)));
        }
    }

    private boolean isPrivate(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return privateHosts.stream().anyMatch(entry -> name(entry).equals(name));
    }

    private List<String> all() {
        List<String> all = new ArrayList<>(hosts);
        all.addAll(privateHosts);
        return all;
    }

    private static String host(URI uri) {
        String host = uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
        if (uri.getRawUserInfo() != null || !HOST.matcher(host).matches()) {
            throw denied("the address must be https://HOST/PATH, with a host name and without user or password");
        }
        if (uri.toString().length() > MAX_URI) {
            throw denied("an address of " + host + " has more than " + MAX_URI + " characters");
        }
        return host;
    }

    static int port(URI uri, String scheme) {
        return uri.getPort() >= 0 ? uri.getPort() : scheme.equals("http") ? 80 : 443;
    }

    private static boolean matches(List<String> entries, String host, int port) {
        return entries.stream().anyMatch(entry -> matches(entry, host, port));
    }

    private static boolean matches(String entry, String host, int port) {
        String name = name(entry);
        boolean samePort = name.equals(entry) || entry.equals(name + ":" + port);
        boolean sameHost = name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name);
        return samePort && sameHost;
    }

    private static String name(String entry) {
        int colon = entry.indexOf(':');
        return colon < 0 ? entry : entry.substring(0, colon);
    }

    private static List<String> normalised(String key, List<String> entries, boolean wildcards) {
        List<String> out = new ArrayList<>();
        for (String entry : entries) {
            String lower = entry.toLowerCase(Locale.ROOT).strip();
            if (!ENTRY.matcher(lower).matches() || !wildcards && lower.startsWith("*")) {
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        key + " has " + Shown.of(entry) + ", must be HOST or HOST:PORT"
                                + (wildcards ? ", the host maybe *.SUFFIX" : ", without *"));
            }
            out.add(lower);
        }
        return List.copyOf(out);
    }

    private static ForetokenException denied(String message) {
        return new ForetokenException(ErrorCode.PERMISSION_DENIED, message);
    }
}
