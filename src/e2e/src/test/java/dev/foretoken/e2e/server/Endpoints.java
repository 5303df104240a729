package dev.foretoken.e2e.server;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where a process listens, read from the line it prints when ready: {@code ready http=http://HOST:PORT grpc=HOST:PORT pod=HOST:PORT
 * picker=HOST:PORT admin=http://HOST:PORT}, each part only where there is such a port.
 */
public record Endpoints(
        Optional<URI> http, Optional<String> grpc, Optional<String> pod, Optional<String> picker, Optional<URI> admin) {

    private static final String MARK = "ready ";

    static boolean isReadyLine(String line) {
        return line.startsWith(MARK) && line.contains("=");
    }

    static Endpoints parse(String line) {
        Map<String, String> parts = new HashMap<>();
        for (String part : line.substring(MARK.length()).split(" ")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                parts.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return new Endpoints(
                Optional.ofNullable(parts.get("http")).map(URI::create),
                Optional.ofNullable(parts.get("grpc")),
                Optional.ofNullable(parts.get("pod")),
                Optional.ofNullable(parts.get("picker")),
                Optional.ofNullable(parts.get("admin")).map(URI::create));
    }

    /** All of them. */
    public Set<Integer> ports() {
        return Stream.concat(
                        Stream.of(http, admin).flatMap(Optional::stream).map(URI::getPort),
                        Stream.of(grpc, pod, picker).flatMap(Optional::stream).map(Endpoints::port))
                .collect(Collectors.toSet());
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }
}
