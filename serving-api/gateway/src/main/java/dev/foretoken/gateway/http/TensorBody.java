package dev.foretoken.gateway.http;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.call.InferCalls;
import dev.foretoken.gateway.json.BodyFailure;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.json.BinaryPart;
import dev.foretoken.gateway.tensor.json.InferBody;
import dev.foretoken.gateway.tensor.json.InferJson;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/** Reads the body of an inference: JSON alone, or JSON of a length that a header tells, with the bytes of tensors behind it. */
final class TensorBody {

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
        BodyEncoding encoding = BodyEncoding.of(exchange.header("content-encoding"));
        try (Exchange.Timer _ =
                exchange.closeConnectionAfter(exchange.gateway().config().http().bodyTimeout())) {
            String jsonLength = exchange.header(InferCalls.JSON_LENGTH);
            return jsonLength == null ? json(encoding) : withBytes(encoding, length(jsonLength));
        }
    }

    private InferBody json(BodyEncoding encoding) {
        checkType();
        JsonFields json = encoding.read(stream, plain -> RequestBody.json(exchange, plain));
        return new InferJson(limits, BinaryPart.none()).read(json);
    }

    private InferBody withBytes(BodyEncoding encoding, int json) {
        long most = (long) json + limits.maxRequestBytes();
        if (RequestBody.announced(exchange.header("content-length")) > most) {
            throw BodyFailure.tooLarge(most);
        }
        return encoding.read(stream, plain -> new InferJson(limits, new BinaryPart(plain)).read(json(plain, json)));
    }

    private static JsonFields json(InputStream plain, int length) {
        try {
            byte[] json = plain.readNBytes(length);
            if (json.length < length) {
                throw ForetokenException.invalid(
                        InferCalls.JSON_LENGTH,
                        InferCalls.JSON_LENGTH + " is " + length + ", but the body has " + json.length + " bytes");
            }
            return JsonBody.parse(json);
        } catch (IOException e) {
            throw BodyFailure.of(e);
        }
    }

    private int length(String header) {
        int limit = exchange.gateway().config().http().maxBodyBytes();
        if (!header.matches("[0-9]{1,18}")) {
            throw ForetokenException.invalid(
                    InferCalls.JSON_LENGTH, InferCalls.JSON_LENGTH + " must be how many bytes of the body are JSON");
        }
        long length = Long.parseLong(header);
        if (length > limit) {
            throw BodyFailure.tooLarge(limit);
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
}
