package dev.foretoken.gateway.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Sends spans to a collector in batches, from a thread of its own. A collector that is slow or away costs spans, never requests: at most {@value
 * #MOST_WAITING} spans wait, more are dropped.
 */
public final class SpanExport implements AutoCloseable {

    private static final int MOST_WAITING = 4096;
    private static final int LAST_SECONDS = 2;

    private final SdkTracerProvider provider;
    private final Tracing tracing;

    private SpanExport(SdkTracerProvider provider, LongSupplier nanoClock) {
        this.provider = provider;
        this.tracing = Tracing.to(provider, nanoClock, SpanExport::epochNanos);
    }

    /** @param role of this process: part of the service's name */
    public static SpanExport start(TracingConfig config, String role, LongSupplier nanoClock) {
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(config.traces().toString())
                .build();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(
                        Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "foretoken-" + role)))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.share())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(MOST_WAITING)
                        .build())
                .build();
        return new SpanExport(provider, nanoClock);
    }

    private static long epochNanos() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    public Tracing tracing() {
        return tracing;
    }

    /** Sends what waits, for a moment at most. */
    @Override
    public void close() {
        provider.shutdown().join(LAST_SECONDS, TimeUnit.SECONDS);
    }
}
