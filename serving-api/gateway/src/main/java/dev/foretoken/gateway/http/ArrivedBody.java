package dev.foretoken.gateway.http;

import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.admission.Arrivals.Arrival;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;

/**
 * A small body of a request for an answer, read by the event loop before the request gets a thread: a thread that reads it itself is woken for
 * each piece, after the loop was woken for having been asked. Larger bodies, those that a client sends once it was told to, and those of HTTP/2,
 * whose end the framework takes for its own to see, are left to their routes.
 */
final class ArrivedBody extends ByteArrayInputStream {

    /** Every connection may hold so much before anybody has let its request in, as long as all together leave room for it. */
    private static final int MOST_BYTES = 32 << 10;

    private static final Set<String> ROUTES = Set.of("/v1/completions", "/v1/chat/completions");
    private static final String KEY = ArrivedBody.class.getName();

    private ArrivedBody(byte[] bytes) {
        super(bytes);
    }

    /** Goes on with {@code routing} once the body is there, or at once where it is left to its route. On the event loop. */
    static void await(RoutingContext routing, Exchange exchange) {
        HttpServerRequest request = routing.request();
        Optional<Arrival> room =
                isWorthIt(request, exchange.gateway().config().http()) ? room(exchange) : Optional.empty();
        room.ifPresentOrElse(arrival -> await(routing, exchange, arrival), routing::next);
    }

    private static Optional<Arrival> room(Exchange exchange) {
        int size = (int) RequestBody.announced(exchange.header("content-length"));
        return exchange.gateway().admission().arrivals().begin(size);
    }

    private static void await(RoutingContext routing, Exchange exchange, Arrival arrival) {
        exchange.whenOver(arrival::over);
        Exchange.Timer timer =
                exchange.closeConnectionAfter(exchange.gateway().config().http().bodyTimeout());
        HttpServerRequest request = routing.request();
        request.body().onComplete(body -> {
            timer.close();
            arrival.arrived();
            if (body.succeeded()) {
                routing.put(KEY, new ArrivedBody(body.result().getBytes()));
                routing.next();
            } else {
                arrival.over(); // The connection is gone.
            }
        });
        request.resume();
    }

    private static boolean isWorthIt(HttpServerRequest request, HttpLimits limits) {
        long announced = RequestBody.announced(request.getHeader("content-length"));
        return request.version() == HttpVersion.HTTP_1_1
                && request.method().equals(HttpMethod.POST)
                && ROUTES.contains(request.path())
                && announced > 0
                && announced <= Math.min(MOST_BYTES, limits.maxBodyBytes())
                && request.getHeader("expect") == null;
    }

    /** The body of a request: what has arrived of it, or else {@code body}. */
    static InputStream of(RoutingContext routing, InputStream body) {
        InputStream arrived = routing.get(KEY);
        return arrived == null ? body : arrived;
    }
}
