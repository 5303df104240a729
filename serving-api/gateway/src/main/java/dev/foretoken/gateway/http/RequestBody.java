package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.BodyFailure;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.json.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a JSON body within the limits; blocks its virtual thread while the body arrives. */
final class RequestBody {

    private RequestBody() {}

    /** @throws ForetokenException UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_REQUEST */
    static JsonFields read(Exchange exchange, InputStream stream) {
        checkType(exchange.header("content-type"));
        return json(exchange, stream);
    }

    /** The same of a body whose type was checked. @throws ForetokenException PAYLOAD_TOO_LARGE, INVALID_REQUEST */
    static JsonFields json(Exchange exchange, InputStream stream) {
        int limit = exchange.gateway().config().http().maxBodyBytes();
        if (announced(exchange.header("content-length")) > limit) {
            throw BodyFailure.tooLarge(limit);
        }
        byte[] body = bytes(exchange, stream, limit + 1);
        if (body.length > limit) {
            throw BodyFailure.tooLarge(limit);
        }
        return JsonBody.parse(body);
    }

    private static byte[] bytes(Exchange exchange, InputStream stream, int most) {
        return stream instanceof ArrivedBody arrived ? arrived.readAllBytes() : waitFor(exchange, stream, most);
    }

    /** A client that sends a byte now and then is cut off when its time is over. */
    private static byte[] waitFor(Exchange exchange, InputStream stream, int most) {
        try (Exchange.Timer _ =
                exchange.closeConnectionAfter(exchange.gateway().config().http().bodyTimeout())) {
            return stream.readNBytes(most);
        } catch (IOException e) {
            throw BodyFailure.of(e);
        }
    }

    static long announced(@Nullable String contentLength) {
        try {
            return contentLength == null ? 0 : Long.parseLong(contentLength);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static void checkType(@Nullable String contentType) {
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        String[] parts = type.split(";");
        boolean json = parts.length > 0 && parts[0].strip().equals("application/json");
        boolean utf8 = !type.contains("charset") || type.replace("\"", "").contains("charset=utf-8");
        if (!json || !utf8) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "the content-type header must be application/json in UTF-8"
                            + (contentType == null ? ", found none" : ""));
        }
    }
}
