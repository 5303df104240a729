package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.json.BinaryPart;
import dev.foretoken.gateway.tensor.json.InferBody;
import dev.foretoken.gateway.tensor.json.InferJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the body of an inference: JSON alone, or JSON of a length that a header tells, with the bytes of tensors behind it. */
final class TensorBody {

    /** Of requests and answers: how many bytes of the body are JSON. */
    static final String JSON_LENGTH = "inference-header-content-length";

    private static final String BYTES = "application/octet-stream";

    private final Exchange exchange;
    private final InputStream stream;
    private final TensorLimits limits;

    TensorBody(Exchange exchange, InputStream stream) {
        this.exchange = exchange;
        this.stream = stream;
        this.limits = exchange.gateway().config().tensors();
    }

    /** @throws ForetokenException UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_REQUEST */
    InferBody read() {
        checkEncoding(exchange.header("content-encoding"));
        String jsonLength = exchange.header(JSON_LENGTH);
        if (jsonLength == null) {
            checkType();
            return new InferJson(limits, BinaryPart.none()).read(RequestBody.json(exchange, stream));
        }
        int json = length(jsonLength);
        long most = (long) json + limits.maxRequestBytes();
        if (RequestBody.announced(exchange.header("content-length")) > most) {
            throw RequestBody.tooLarge(most);
        }
        try (Exchange.Timer _ =
                exchange.closeConnectionAfter(exchange.gateway().config().http().bodyTimeout())) {
            return new InferJson(limits, new BinaryPart(stream)).read(json(json));
        }
    }

    private JsonFields json(int length) {
        try {
            byte[] json = stream.readNBytes(length);
            if (json.length < length) {
                throw ForetokenException.invalid(
                        JSON_LENGTH, JSON_LENGTH + " is " + length + ", but the body has " + json.length + " bytes");
            }
            return JsonBody.parse(json);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "the body ended before it was complete", e);
        }
    }

    private int length(String header) {
        int limit = exchange.gateway().config().http().maxBodyBytes();
        if (!header.matches("[0-9]{1,18}")) {
            throw ForetokenException.invalid(JSON_LENGTH, JSON_LENGTH + " must be how many bytes of the body are JSON");
        }
        long length = Long.parseLong(header);
        if (length > limit) {
            throw RequestBody.tooLarge(limit);
        }
        return (int) length;
    }

    /** Clients of this protocol often name no type, or that of bytes. A page of another origin cannot send such a request unseen. */
    private void checkType() {
        String type = exchange.header("content-type");
        boolean unnamed = type == null || type.toLowerCase(Locale.ROOT).startsWith(BYTES);
        if (!unnamed || exchange.header("origin") != null) {
            RequestBody.checkType(type);
        }
    }

    private static void checkEncoding(@Nullable String encoding) {
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "compressed bodies are not read; send it without content-encoding");
        }
    }
}
