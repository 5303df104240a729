package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.request.GenerationRequest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.function.Supplier;

/** Follows requests through the engine of this process. */
record EngineTracer(Tracing tracing) implements GenerationTracer {

    @Override
    public Generation follow(GenerationRequest request, Supplier<Generation> submit) {
        long now = tracing.times().now();
        Span span = tracing.begin(
                request,
                "engine " + request.model(),
                SpanKind.INTERNAL,
                tracing.times().epoch(now));
        if (!span.isRecording()) {
            return submit.get();
        }
        EngineSpan open = new EngineSpan(tracing, span, now, request.choices());
        try {
            return new FollowedGeneration(submit.get(), open);
        } catch (ForetokenException refusal) {
            open.failed(refusal.code());
            open.end();
            throw refusal;
        }
    }
}
