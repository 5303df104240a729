package dev.foretoken.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * What still comes of a body whose request was refused. A little is read and forgotten, since a client that has not read its answer would not
 * get it over a connection that is closed at once; who goes on sending is cut off. On the connection's event loop.
 */
final class UnwantedRest {

    /** More than the buffers on the way hold. */
    static final long MOST_BYTES = 1 << 20;

    private static final long MOST_MILLIS = 2_000;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final long timer;
    private long left = MOST_BYTES;

    private UnwantedRest(Vertx vertx, HttpServerRequest request) {
        this.vertx = vertx;
        this.request = request;
        this.timer = vertx.setTimer(MOST_MILLIS, any -> cut());
    }

    static void bound(Vertx vertx, HttpServerRequest request) {
        UnwantedRest rest = new UnwantedRest(vertx, request);
        request.exceptionHandler(gone -> rest.end());
        request.endHandler(any -> rest.end());
        request.handler(buffer -> rest.take(buffer.length()));
        request.resume();
    }

    private void take(int bytes) {
        left -= bytes;
        if (left < 0) {
            cut();
        }
    }

    private void end() {
        vertx.cancelTimer(timer);
    }

    /** Of a connection of HTTP/2 only the one stream: others go on. */
    private void cut() {
        end();
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }
}
