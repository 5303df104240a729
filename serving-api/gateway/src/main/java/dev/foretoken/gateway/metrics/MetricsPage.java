package dev.foretoken.gateway.metrics;

import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * All metrics in the text form a scraper asked for: Prometheus 0.0.4, or OpenMetrics 1.0.0.
 *
 * @param contentType of the form that was chosen
 */
public record MetricsPage(String contentType, byte[] body) {

    private static final int USUAL_BYTES = 32 << 10;

    /** @param accept the scraper's Accept header */
    public static MetricsPage render(PrometheusTelemetry telemetry, @Nullable String accept) {
        String type = TextFormat.chooseContentType(accept);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (Writer writer = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
            TextFormat.writeFormat(type, writer, telemetry.samples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MetricsPage(type, bytes.toByteArray());
    }
}
