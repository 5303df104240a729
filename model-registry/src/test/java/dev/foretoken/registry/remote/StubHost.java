package dev.foretoken.registry.remote;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP host on a loopback port that does what a test tells it, right or wrong, and remembers what it was asked. For any thread. */
public final class StubHost implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private volatile HttpHandler otherwise =
            exchange -> answer(exchange, 404, "no such path".getBytes(StandardCharsets.UTF_8));

    public StubHost() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** {@code path}: without query; {@code METHOD /path} for one method alone. */
    public StubHost on(String path, HttpHandler handler) {
        handlers.put(path, handler);
        return this;
    }

    /** For every path that has no handler of its own. */
    public StubHost otherwise(HttpHandler handler) {
        otherwise = handler;
        return this;
    }

    public StubHost on(String path, int status, byte[] body) {
        return on(path, exchange -> answer(exchange, status, body));
    }

    public StubHost on(String path, String body) {
        return on(path, 200, body.getBytes(StandardCharsets.UTF_8));
    }

    public StubHost redirect(String path, String location) {
        return on(path, exchange -> {
            exchange.getResponseHeaders().set("Location", location);
            answer(exchange, 302, new byte[0]);
        });
    }

    /** Serves with Range and If-Range, as object stores do. {@code cut}: closes the first answer after so many bytes; 0: never. */
    public StubHost file(String path, byte[] content, String etag, int cut) {
        return on(path, new RangedFile(content, etag, cut));
    }

    public static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    /** {@code 127.0.0.1:PORT}. */
    public String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public URI uri(String path) {
        return URI.create("http://" + host() + path);
    }

    /** Rules under which this host may be asked. */
    public HostRules rules() {
        return new HostRules(List.of(), List.of(host()));
    }

    /** {@code METHOD /path}, {@code | NAME: value} for Range, If-Range and Authorization. */
    public List<String> seen() {
        return seen;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        StringBuilder line = new StringBuilder(what);
        for (String name : new String[] {"Range", "If-Range", "Authorization"}) {
            String value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                line.append(" | ").append(name).append(": ").append(value);
            }
        }
        seen.add(line.toString());
        String path = exchange.getRequestURI().getPath();
        HttpHandler handler = handlers.get(exchange.getRequestMethod() + " " + path);
        handler = handler == null ? handlers.get(path) : handler;
        (handler == null ? otherwise : handler).handle(exchange);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /** A file as an object store gives it. */
    private static final class RangedFile implements HttpHandler {
        private final byte[] content;
        private final String etag;
        private int cut;

        RangedFile(byte[] content, String etag, int cut) {
            this.content = content;
            this.etag = etag;
            this.cut = cut;
        }

        @Override
        public void handle(HttpExchange exchange) throws IOException {
            exchange.getResponseHeaders().set("ETag", etag);
            String range = exchange.getRequestHeaders().getFirst("Range");
            String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
            int start = 0;
            if (range != null && (ifRange == null || ifRange.equals(etag))) {
                start = Integer.parseInt(range.replaceAll("\\D", ""));
            }
            if (start > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes %d-%d/%d".formatted(start, content.length - 1, content.length));
            }
            byte[] rest = Arrays.copyOfRange(content, start, content.length);
            exchange.sendResponseHeaders(start > 0 ? 206 : 200, rest.length);
            int most = cut > 0 ? Math.min(cut, rest.length) : rest.length;
            cut = 0;
            exchange.getResponseBody().write(rest, 0, most);
            exchange.getResponseBody().flush();
            exchange.close();
        }
    }
}
