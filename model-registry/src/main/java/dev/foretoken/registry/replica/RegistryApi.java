package dev.foretoken.registry.replica;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.RemoteJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import javax.net.ssl.HttpsURLConnection;

/** What a registry answers to GET, at a pace. Follows no redirect and uses no proxy: the address is an operator's. For any thread. */
final class RegistryApi {

    private static final String ROUTES = "/registry/v1";
    private static final int CONNECT_MILLIS = 5_000;
    private static final int SILENCE_MILLIS = 30_000;
    private static final int MOST_JSON = 16 << 20;
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ReplicaConfig config;
    private final LeastPace pace;
    private final LongSupplier nanoClock;

    RegistryApi(ReplicaConfig config) {
        this(config, LeastPace.DEFAULT, System::nanoTime);
    }

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    RegistryApi(ReplicaConfig config, LeastPace pace, LongSupplier nanoClock) {
        this.config = config;
        this.pace = pace;
        this.nanoClock = nanoClock;
    }

    /** @throws ForetokenException as {@link #open}; REGISTRY_UNAVAILABLE too where the answer is no JSON */
    JsonNode json(String path) {
        try (InputStream in = open(path, 0)) {
            return RemoteJson.object("the answer of the registry to " + path, in.readNBytes(MOST_JSON));
        } catch (IOException e) {
            throw away(e);
        } catch (ForetokenException e) {
            throw e.code() == ErrorCode.SOURCE_UNAVAILABLE
                    ? new ForetokenException(ErrorCode.REGISTRY_UNAVAILABLE, e.getMessage(), e)
                    : e;
        }
    }

    /**
     * The bytes of the answer from {@code offset} on; a silence of half a minute ends them with an IOException, and so does a pace below the least.
     *
     * @throws ForetokenException REGISTRY_UNAVAILABLE when it does not answer, or not as a registry; CONFIG_INVALID when it refuses the key,
     *     or misses a certificate; MODEL_NOT_FOUND
     */
    InputStream open(String path, long offset) throws IOException {
        HttpURLConnection connection = connection(path);
        if (offset > 0) {
            connection.setRequestProperty("Range", "bytes=" + offset + "-");
        }
        int status = status(connection);
        if (status == (offset > 0 ? HttpURLConnection.HTTP_PARTIAL : HttpURLConnection.HTTP_OK)) {
            return pace.required(connection.getInputStream(), nanoClock);
        }
        connection.disconnect();
        throw refused(path, status);
    }

    /** Each byte of a head starts the wait for silence anew; so the whole of it has a time, too. */
    private int status(HttpURLConnection connection) throws IOException {
        Thread guard = Thread.ofVirtual().name("registry-head").start(() -> {
            try {
                Thread.sleep(pace.head());
                connection.disconnect();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The head is there.
            }
        });
        try {
            return connection.getResponseCode();
        } finally {
            guard.interrupt();
        }
    }

    private HttpURLConnection connection(String path) throws IOException {
        URI address = config.url().resolve(ROUTES + path);
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
        if (connection instanceof HttpsURLConnection encrypted) {
            config.tls().ifPresent(tls -> encrypted.setSSLSocketFactory(tls.getSocketFactory()));
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(SILENCE_MILLIS);
        if (!config.key().isEmpty()) {
            connection.setRequestProperty("Authorization", "Bearer " + config.key());
        }
        return connection;
    }

    private ForetokenException refused(String path, int status) {
        String said = "the registry at %s answers %d to %s".formatted(config.url(), status, path);
        return switch (status) {
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        said
                                + ": registry-url must be the port of a process in role registry, the key one of its API keys, and a certificate (pod-tls-cert) given where it asks for one");
            case HttpURLConnection.HTTP_NOT_FOUND ->
                new ForetokenException(ErrorCode.MODEL_NOT_FOUND, said + ": there is no such thing");
            default ->
                new ForetokenException(ErrorCode.REGISTRY_UNAVAILABLE, said + "; is it a registry?")
                        .withRetryAfter(RETRY);
        };
    }

    /** For failures of the connection, whose text may name addresses but no secret. */
    ForetokenException away(IOException e) {
        return new ForetokenException(
                        ErrorCode.REGISTRY_UNAVAILABLE,
                        "the registry at %s does not answer (%s)"
                                .formatted(
                                        config.url(),
                                        e.getClass().getSimpleName().toLowerCase(Locale.ROOT)),
                        e)
                .withRetryAfter(RETRY);
    }
}
