package dev.foretoken.e2e.batch;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A collector of OpenTelemetry's protocol over HTTP that keeps what a test wants to know of each span. Any thread. */
final class SpanCollector implements AutoCloseable {

    /** Numbers of fields in {@code opentelemetry/proto/trace/v1/trace.proto}: request, resource and scope have what is in them in these. */
    private static final int RESOURCES = 1;

    private static final int INNER = 2;
    private static final int TRACE = 1;
    private static final int PARENT = 4;
    private static final int NAME = 5;

    /** @param trace and {@code parent}, in hexadecimal digits; no parent: empty */
    record Span(String trace, String parent, String name) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    private SpanCollector(HttpServer server) {
        this.server = server;
    }

    static SpanCollector start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            SpanCollector collector = new SpanCollector(server);
            server.createContext("/v1/traces", collector::take);
            server.start();
            return collector;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For {@code --otlp-endpoint}. */
    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            UnknownFieldSet request = UnknownFieldSet.parseFrom(exchange.getRequestBody());
            inside(request, RESOURCES)
                    .flatMap(resource -> inside(resource, INNER))
                    .flatMap(scope -> inside(scope, INNER))
                    .map(SpanCollector::span)
                    .forEach(spans::add);
            exchange.getResponseHeaders().set("content-type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Stream<UnknownFieldSet> inside(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream().map(SpanCollector::parsed);
    }

    private static UnknownFieldSet parsed(ByteString bytes) {
        try {
            return UnknownFieldSet.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Span span(UnknownFieldSet fields) {
        return new Span(
                hex(bytes(fields, TRACE)),
                hex(bytes(fields, PARENT)),
                bytes(fields, NAME).toStringUtf8());
    }

    private static ByteString bytes(UnknownFieldSet fields, int number) {
        return fields.getField(number).getLengthDelimitedList().stream()
                .reduce(ByteString.EMPTY, (before, last) -> last);
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
