package dev.foretoken.registry.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param authorization the Authorization header for an address, asked again at each redirect, so that credentials stay with their host
 * @param body null for none
 */
public record RemoteRequest(
        String method,
        URI uri,
        Map<String, String> headers,
        Function<URI, Optional<String>> authorization,
        @Nullable Body body) {

    /** {@code source}: opened for each attempt; gives exactly {@code size} bytes. */
    public record Body(String mediaType, long size, Source source) {}

    /** Opens a body. */
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    public RemoteRequest {
        headers = Map.copyOf(headers);
    }

    public static RemoteRequest get(URI uri) {
        return of("GET", uri);
    }

    public static RemoteRequest of(String method, URI uri) {
        return new RemoteRequest(method, uri, Map.of(), target -> Optional.empty(), null);
    }

    public RemoteRequest header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new RemoteRequest(method, uri, more, authorization, body);
    }

    public RemoteRequest authorized(Function<URI, Optional<String>> by) {
        return new RemoteRequest(method, uri, headers, by, body);
    }

    public RemoteRequest with(Body other) {
        return new RemoteRequest(method, uri, headers, authorization, other);
    }

    RemoteRequest at(URI other) {
        return new RemoteRequest(method, other, headers, authorization, body);
    }
}
