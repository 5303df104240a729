package dev.foretoken.gateway.http;

import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.store.Incoming;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.BodyFailure;
import dev.foretoken.gateway.openai.FileLife;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A form with a file ({@code multipart/form-data}). The file goes to its folder as it arrives, and every other field is small. Closed before
 * it was kept, the file is gone. For one thread.
 */
final class FileForm implements AutoCloseable {

    private static final int CHUNK = 64 << 10;
    private static final int MOST_FIELDS = 16;
    private static final int MOST_FIELD_BYTES = 8 << 10;
    private static final int MOST_BUFFERED = 64 << 10;
    /** Of a form beside its file. */
    private static final long MOST_AROUND = 1 << 20;

    private final Map<String, String> fields = new HashMap<>();
    private final ArrivingFile.Target target;

    private FileForm(ArrivingFile.Target target) {
        this.target = target;
    }

    /** @throws ForetokenException UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, INVALID_REQUEST, STORAGE_FULL, DEADLINE_EXCEEDED */
    static FileForm read(Exchange exchange, BatchFiles files, InputStream body) {
        HttpRequest head = head(exchange.header("content-type"));
        long most = files.limits().maxFileBytes();
        if (RequestBody.announced(exchange.header("content-length")) > most + MOST_AROUND) {
            throw BodyFailure.tooLarge(most);
        }
        FileForm form = new FileForm(
                new ArrivingFile.Target(() -> files.receive(exchange.caller().tenant())));
        boolean whole = false;
        try {
            form.decode(head, body, new ArrivalPace(exchange.gateway().clocks().nanos()));
            whole = true;
            return form;
        } finally {
            if (!whole) {
                form.close();
            }
        }
    }

    private static HttpRequest head(@Nullable String contentType) {
        String type = contentType == null ? "" : contentType;
        if (!type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "a file is sent as multipart/form-data with the fields purpose and file");
        }
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        return head;
    }

    private void decode(HttpRequest head, InputStream body, ArrivalPace pace) {
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder = new HttpPostMultipartRequestDecoder(
                    new ArrivingFile.Factory(target, MOST_FIELD_BYTES),
                    head,
                    StandardCharsets.UTF_8,
                    MOST_FIELDS,
                    MOST_BUFFERED);
            byte[] chunk = new byte[CHUNK];
            for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
                pace.arrived(read);
                decoder.offer(new DefaultHttpContent(Unpooled.copiedBuffer(chunk, 0, read)));
                take(decoder);
            }
            decoder.offer(LastHttpContent.EMPTY_LAST_CONTENT);
            take(decoder);
        } catch (DecoderException | IOException e) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "the body is no whole multipart/form-data with small fields and one file",
                    e);
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
    }

    private void take(HttpPostMultipartRequestDecoder decoder) throws IOException {
        try {
            while (decoder.hasNext()) {
                InterfaceHttpData data = decoder.next();
                if (data instanceof Attribute attribute) {
                    fields.put(attribute.getName(), attribute.getValue());
                }
            }
        } catch (HttpPostRequestDecoder.EndOfDataDecoderException e) {
            // That is how the decoder says that there is no more.
        }
    }

    /** Keeps the file. @throws ForetokenException INVALID_REQUEST where a field is missing or wrong, STORAGE_FULL */
    StoredFile keep(BatchFiles files, String tenant) {
        String purpose = fields.get("purpose");
        if (!StoredFile.INPUT.equals(purpose)) {
            throw ForetokenException.invalid(
                    "purpose", "purpose must be '" + StoredFile.INPUT + "': this server keeps files of batches alone");
        }
        Incoming file = target.whole()
                .orElseThrow(
                        () -> ForetokenException.invalid("file", "the form has no whole file in a field named file"));
        return files.keep(
                tenant,
                target.name(),
                FileLife.of(field("expires_after[anchor]"), field("expires_after[seconds]")),
                file);
    }

    private Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    @Override
    public void close() {
        target.close();
    }
}
