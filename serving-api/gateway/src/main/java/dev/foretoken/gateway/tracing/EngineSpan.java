package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Timings;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** The span of a request in an engine. Events come from the reader; its end from any thread. */
final class EngineSpan {

    private final Tracing tracing;
    private final Span span;
    private final long submittedAt;
    private final List<String> reasons = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private int open;
    private long generated;

    EngineSpan(Tracing tracing, Span span, long submittedAt, int choices) {
        this.tracing = tracing;
        this.span = span;
        this.submittedAt = submittedAt;
        this.open = choices;
    }

    void see(EngineEvent event) {
        switch (event) {
            case EngineEvent.Started started -> started(started);
            case EngineEvent.PromptScored scored -> {}
            case EngineEvent.TokenGenerated token -> {}
            case EngineEvent.Repaired repaired -> {}
            case EngineEvent.Finished finished -> finished(finished);
            case EngineEvent.Failed failed -> {
                failed(failed.code());
                closed();
            }
        }
    }

    private void started(EngineEvent.Started started) {
        span.setAttribute(Names.INPUT_TOKENS, (long) started.promptTokens());
        span.setAttribute(Names.CACHED_TOKENS, (long) started.cachedTokens());
        span.setAttribute(Names.PREFILL_MODE, lower(started.prefill()));
    }

    private void finished(EngineEvent.Finished finished) {
        Timings timings = finished.usage().timings();
        long at = part("queue", finished.choice(), submittedAt, timings.queueNanos());
        at = part("prefill", finished.choice(), at, timings.prefillNanos());
        part("decode", finished.choice(), at, timings.decodeNanos());
        reasons.add(lower(finished.reason()));
        generated += finished.usage().completionTokens();
        closed();
    }

    /** Returns when it ended, on the monotonic clock. */
    private long part(String name, int choice, long from, long nanos) {
        SpanTimes times = tracing.times();
        long begin = times.epoch(from);
        tracing.part(span, name, begin)
                .setAttribute(Names.CHOICE, (long) choice)
                .startSpan()
                .end(begin + nanos, SpanTimes.UNIT);
        return from + nanos;
    }

    private void closed() {
        open--;
        if (open == 0) {
            span.setAttribute(Names.FINISH_REASONS, reasons);
            span.setAttribute(Names.OUTPUT_TOKENS, generated);
            end();
        }
    }

    void failed(ErrorCode why) {
        span.setAttribute(Names.ERROR, lower(why));
        span.setStatus(StatusCode.ERROR);
    }

    void end() {
        if (ended.compareAndSet(false, true)) {
            SpanTimes times = tracing.times();
            span.end(times.epoch(times.now()), SpanTimes.UNIT);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
