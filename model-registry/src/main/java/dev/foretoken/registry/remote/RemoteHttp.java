package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to allowed hosts. Follows redirects of GET and HEAD itself, each checked like the first address; repeats what a passing
 * failure stopped, waiting as long as the host asks, within bounds. Sends no cookies, uses no proxy and accepts no compressed bodies. For
 * any thread.
 */
public final class RemoteHttp implements AutoCloseable {

    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_CONNECTIONS = 16;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Duration FIRST_WAIT = Duration.ofMillis(500);

    private final HostRules rules;
    private final RemoteLimits limits;
    private final Patience patience;
    private final GuardedResolver resolver;
    private final CloseableHttpClient client;

    public RemoteHttp(HostRules rules, RemoteLimits limits, Patience patience) {
        this(rules, limits, patience, InetAddress::getAllByName);
    }

    RemoteHttp(HostRules rules, RemoteLimits limits, Patience patience, GuardedResolver.Lookup lookup) {
        this.rules = rules;
        this.limits = limits;
        this.patience = patience;
        this.resolver = new GuardedResolver(rules, lookup);
        this.client = client(resolver, Timeout.ofMilliseconds(limits.stall().toMillis()));
    }

    private static CloseableHttpClient client(GuardedResolver resolver, Timeout stall) {
        PoolingHttpClientConnectionManager connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(resolver)
                .setMaxConnTotal(MAX_CONNECTIONS)
                .setMaxConnPerRoute(MAX_CONNECTIONS)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(stall)
                        .setSocketTimeout(stall)
                        .build())
                .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setAuthenticationEnabled(false)
                        .setConnectionRequestTimeout(stall)
                        .setResponseTimeout(stall)
                        .build())
                .setUserAgent("foretoken")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    public RemoteLimits limits() {
        return limits;
    }

    public Patience patience() {
        return patience;
    }

    /** How long to wait before attempt {@code failures + 1}, when the other side does not say. */
    static Duration waitAfter(int failures) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures, 6));
        return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
    }

    /**
     * The answer, whatever its status, to be closed by the caller. Passing failures (no connection, 408, 429, 5xx) are tried again first.
     *
     * @throws ForetokenException PERMISSION_DENIED for an address that may not be asked, SOURCE_UNAVAILABLE when nothing answers
     */
    public Answer send(RemoteRequest request) {
        return repeated(request, this::follow);
    }

    /** The same without following redirects: what the first host itself says. */
    public Answer ask(RemoteRequest request) {
        return repeated(request, single -> once(single, List.of()));
    }

    /** One attempt. */
    @FunctionalInterface
    private interface Attempt {
        Answer run(RemoteRequest request) throws IOException;
    }

    private Answer repeated(RemoteRequest request, Attempt attempt) {
        for (int failures = 1; ; failures++) {
            boolean last = failures >= limits.attempts();
            Duration wait = waitAfter(failures);
            try {
                Answer answer = attempt.run(request);
                Optional<Duration> asked = answer.retryAfter();
                if (!answer.isPassing()
                        || last
                        || asked.isPresent() && asked.get().compareTo(LONGEST_WAIT) > 0) {
                    return answer;
                }
                wait = asked.orElse(wait);
                answer.close();
            } catch (IOException e) {
                if (last) {
                    throw unreachable(request.uri(), e);
                }
            }
            patience.pause(wait);
        }
    }

    static ForetokenException unreachable(URI uri, IOException cause) {
        return new ForetokenException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        "%s does not answer (%s); try again later"
                                .formatted(Shown.of(uri), cause.getClass().getSimpleName()),
                        cause)
                .withRetryAfter(Duration.ofSeconds(30));
    }

    /** One attempt, redirects followed: for what must not be repeated blindly. */
    public Answer follow(RemoteRequest request) throws IOException {
        List<Map<String, String>> hops = new ArrayList<>();
        RemoteRequest current = request;
        while (true) {
            Answer answer = once(current, hops);
            Optional<URI> next = redirect(current, answer);
            if (next.isEmpty()) {
                return answer;
            }
            answer.close();
            hops.add(answer.headers());
            if (hops.size() > MAX_REDIRECTS) {
                throw new ForetokenException(
                        ErrorCode.SOURCE_UNAVAILABLE,
                        Shown.of(request.uri()) + " redirects more than " + MAX_REDIRECTS + " times");
            }
            rules.requireStaysOutside(current.uri(), next.get());
            current = current.at(next.get());
        }
    }

    private static Optional<URI> redirect(RemoteRequest request, Answer answer) {
        boolean follows = request.method().equals("GET") || request.method().equals("HEAD");
        boolean redirects = answer.status() >= 301 && answer.status() <= 308 && answer.status() != 304;
        if (!follows || !redirects) {
            return Optional.empty();
        }
        String location = answer.header("location").orElse("");
        try {
            return Optional.of(request.uri().resolve(URI.create(location)));
        } catch (IllegalArgumentException e) {
            answer.close();
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE, Shown.of(request.uri()) + " redirects to what is no address", e);
        }
    }

    private Answer once(RemoteRequest request, List<Map<String, String>> hops) throws IOException {
        URI uri = request.uri();
        rules.requireAllowed(uri);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (scheme.equals("http")) {
            resolver.requireLoopback(uri.getHost());
        }
        HttpUriRequestBase message = new HttpUriRequestBase(request.method(), uri);
        message.setHeader("Accept-Encoding", "identity");
        request.headers().forEach(message::setHeader);
        request.authorization().apply(uri).ifPresent(value -> message.setHeader("Authorization", value));
        RemoteRequest.@Nullable Body body = request.body();
        if (body != null) {
            message.setEntity(
                    new InputStreamEntity(body.source().open(), body.size(), ContentType.parse(body.mediaType())));
        }
        HttpHost host = new HttpHost(scheme, uri.getHost(), HostRules.port(uri, scheme));
        ClassicHttpResponse response = client.executeOpen(host, message, null);
        return answer(uri, response, hops, () -> {
            // Closing alone would read the rest, and there may be no end of it. After the end this does nothing.
            message.cancel();
            response.close();
        });
    }

    private static Answer answer(
            URI uri, ClassicHttpResponse response, List<Map<String, String>> hops, AutoCloseable end)
            throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : response.getHeaders()) {
            headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), String.valueOf(header.getValue()));
        }
        InputStream body = response.getEntity() == null
                ? InputStream.nullInputStream()
                : response.getEntity().getContent();
        Answer answer = new Answer(uri, response.getCode(), headers, List.copyOf(hops), body, end);
        String encoding = headers.getOrDefault("content-encoding", "identity");
        if (!encoding.isEmpty() && !encoding.equals("identity")) {
            answer.close();
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    Shown.of(uri) + " answered in the encoding " + Shown.of(encoding) + ", which was not asked for");
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
