package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.request.GenerationRequest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Locale;

/** A span with {@code receive} and {@code route} in it. */
final class EdgeTrace implements AnswerTrace {

    private final Tracing tracing;
    private final Span span;
    private final GenerationRequest request;
    private final long plannedAt;
    private boolean ended;

    EdgeTrace(Tracing tracing, GenerationRequest request, Span span, long arrivedAt) {
        this.tracing = tracing;
        this.span = span;
        this.request = request.withIdentity(request.identity().within(Tracing.parent(span)));
        this.plannedAt = tracing.times().now();
        part("receive", arrivedAt, plannedAt);
    }

    private void part(String name, long from, long to) {
        SpanTimes times = tracing.times();
        tracing.part(span, name, times.epoch(from)).startSpan().end(times.epoch(to), SpanTimes.UNIT);
    }

    @Override
    public GenerationRequest request() {
        return request;
    }

    @Override
    public void routed(String endpoint) {
        part("route", plannedAt, tracing.times().now());
        span.setAttribute(Names.ENDPOINT, endpoint);
    }

    @Override
    public void answered(int promptTokens, int generatedTokens) {
        span.setAttribute(Names.INPUT_TOKENS, (long) promptTokens);
        span.setAttribute(Names.OUTPUT_TOKENS, (long) generatedTokens);
        end();
    }

    @Override
    public void failed(ErrorCode why) {
        if (!ended) {
            span.setAttribute(Names.ERROR, why.name().toLowerCase(Locale.ROOT));
            span.setStatus(StatusCode.ERROR);
            end();
        }
    }

    private void end() {
        if (!ended) {
            ended = true;
            SpanTimes times = tracing.times();
            span.end(times.epoch(times.now()), SpanTimes.UNIT);
        }
    }
}
