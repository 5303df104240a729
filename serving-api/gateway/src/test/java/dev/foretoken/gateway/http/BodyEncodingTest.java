package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BodyEncodingTest {

    private static final byte[] TEXT = {1, 2, 3};

    /** Tells whether it was closed. */
    private static final class Body extends ByteArrayInputStream {
        private boolean closed;

        Body(BodyEncoding encoding) throws IOException {
            super(packed(encoding));
        }

        private static byte[] packed(BodyEncoding encoding) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out =
                    encoding == BodyEncoding.GZIP ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes)) {
                out.write(TEXT);
            }
            return bytes.toByteArray();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private final List<InputStream> opened = new ArrayList<>();

    private byte[] readAll(InputStream plain) {
        opened.add(plain);
        try {
            return plain.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] refuse(InputStream plain) {
        opened.add(plain);
        throw ForetokenException.invalid("x", "refused");
    }

    @ParameterizedTest
    @EnumSource(
            value = BodyEncoding.class,
            names = {"GZIP", "DEFLATE"})
    void givesTheMemoryOfUnpackingBackHoweverTheReadingEnds(BodyEncoding encoding) throws IOException {
        Body body = new Body(encoding);
        assertThat(encoding.<byte[]>read(body, this::readAll)).isEqualTo(TEXT);
        assertThatThrownBy(() -> encoding.<byte[]>read(new Body(encoding), this::refuse))
                .hasMessageContaining("refused");
        assertThat(opened)
                .hasSize(2)
                .allSatisfy(plain -> assertThatThrownBy(plain::read).hasMessage("Stream closed"));
        assertThat(body.closed).isFalse();
    }
}
