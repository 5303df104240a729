package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.util.function.LongSupplier;

/**
 * Makes the spans of requests. Off unless it was given somebody to tell: requests then pass as they are.
 *
 * <p>At the edge a request is one span, with {@code receive} (parsing, templates, tokens) and {@code route} (the choice of an engine and what it
 * says) in it. In the engine it is another, caused by the first, with {@code queue}, {@code prefill} and {@code decode} of each choice in it,
 * made from the times that come with the choice's last event: no token costs more for being traced.
 */
public final class Tracing {

    private final Tracer tracer;
    private final SpanTimes times;
    private final boolean on;

    private Tracing(Tracer tracer, SpanTimes times, boolean on) {
        this.tracer = tracer;
        this.times = times;
        this.on = on;
    }

    public static Tracing off() {
        return new Tracing(TracerProvider.noop().get(Names.US), new SpanTimes(() -> 0, () -> 0), false);
    }

    /**
     * @param nanoClock monotonic, the clock of arrival times
     * @param epochNanos nanoseconds since 1970
     */
    public static Tracing to(TracerProvider provider, LongSupplier nanoClock, LongSupplier epochNanos) {
        return new Tracing(provider.get(Names.US), new SpanTimes(nanoClock, epochNanos), true);
    }

    /** For the engine in this process. */
    public GenerationTracer engine() {
        return on ? new EngineTracer(this) : GenerationTracer.OFF;
    }

    /**
     * Begins the span of a request at the edge.
     *
     * @param arrivedAt when it arrived, on the clock of this
     */
    public AnswerTrace answer(GenerationRequest request, long arrivedAt) {
        if (!on) {
            return AnswerTrace.none(request);
        }
        Span span = begin(request, Names.GENERATE + " " + request.model(), SpanKind.SERVER, times.epoch(arrivedAt));
        return span.isRecording() ? new EdgeTrace(this, request, span, arrivedAt) : AnswerTrace.none(request);
    }

    SpanTimes times() {
        return times;
    }

    /** The span of a request, below what caused it. */
    Span begin(GenerationRequest request, String name, SpanKind kind, long epochNanos) {
        SpanBuilder builder = tracer.spanBuilder(name)
                .setParent(context(request.identity().trace()))
                .setSpanKind(kind)
                .setStartTimestamp(epochNanos, SpanTimes.UNIT)
                .setAttribute(Names.OPERATION, Names.GENERATE)
                .setAttribute(Names.PROVIDER, Names.US)
                .setAttribute(Names.REQUEST_MODEL, request.model())
                .setAttribute(Names.REQUEST_ID, request.identity().requestId())
                .setAttribute(Names.MAX_TOKENS, (long) request.stop().maxTokens());
        if (request.choices() > 1) {
            builder.setAttribute(Names.CHOICES, (long) request.choices());
        }
        return builder.startSpan();
    }

    /** A part of a span, of known times. */
    SpanBuilder part(Span of, String name, long epochNanos) {
        return tracer.spanBuilder(name)
                .setParent(Context.root().with(of))
                .setStartTimestamp(epochNanos, SpanTimes.UNIT);
    }

    private static Context context(TraceParent parent) {
        return parent.isEmpty()
                ? Context.root()
                : Context.root()
                        .with(Span.wrap(SpanContext.createFromRemoteParent(
                                parent.traceId(),
                                parent.spanId(),
                                TraceFlags.fromHex(parent.flags(), 0),
                                TraceState.getDefault())));
    }

    /** How others name the span as their cause. */
    static TraceParent parent(Span span) {
        SpanContext context = span.getSpanContext();
        return TraceParent.parse("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex());
    }
}
