package dev.foretoken.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.TraceParent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TracingTest {

    private static final TraceParent CALLER =
            TraceParent.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    private static final TraceParent UNSAMPLED =
            TraceParent.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final long EPOCH = 1_000_000_000_000L;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final AtomicLong now = new AtomicLong(500);
    private final Tracing tracing = Tracing.to(
            SdkTracerProvider.builder()
                    .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build(),
            now::get,
            () -> EPOCH + now.get());

    private static GenerationRequest request(TraceParent cause) {
        return GenerationRequest.greedy("r-1", "m", Prompt.of(5, 6, 7), 4)
                .withIdentity(new RequestIdentity("r-1", "tenant-of-a-key", "salt", cause));
    }

    private SpanData span(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " in " + names()));
    }

    private List<String> names() {
        return spans.getFinishedSpanItems().stream().map(SpanData::getName).toList();
    }

    private static String text(SpanData span, String key) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
    }

    @Test
    void theEdgesSpanIsBelowItsCallersAndHasItsPartsInIt() {
        now.set(700);
        AnswerTrace trace = tracing.answer(request(CALLER), 500);
        now.set(800);
        trace.routed("pod-1:9091");
        now.set(900);
        trace.answered(3, 4);
        SpanData edge = span("generate_content m");
        assertThat(edge.getTraceId()).isEqualTo(CALLER.traceId());
        assertThat(edge.getParentSpanId()).isEqualTo(CALLER.spanId());
        assertThat(edge.getStartEpochNanos()).isEqualTo(EPOCH + 500);
        assertThat(edge.getEndEpochNanos()).isEqualTo(EPOCH + 900);
        assertThat(edge.getAttributes().get(AttributeKey.longKey("gen_ai.usage.output_tokens")))
                .isEqualTo(4);
        assertThat(text(edge, "foretoken.endpoint")).isEqualTo("pod-1:9091");
        assertThat(span("receive").getParentSpanId()).isEqualTo(edge.getSpanId());
        assertThat(span("receive").getEndEpochNanos()).isEqualTo(EPOCH + 700);
        assertThat(span("route").getParentSpanId()).isEqualTo(edge.getSpanId());
        assertThat(span("route").getEndEpochNanos()).isEqualTo(EPOCH + 800);
        assertThat(trace.request().identity().trace().spanId()).isEqualTo(edge.getSpanId());
    }

    @Test
    void theEnginesSpanHasTheTimesOfEachChoice() throws InterruptedException {
        Usage usage = new Usage(3, 2, 4, PrefillUsage.EXACT, new Timings(10, 20, 30));
        FakeEngine engine = FakeEngine.scripted(
                "m",
                request -> List.of(
                        new EngineEvent.Started(0, 3, 2),
                        new EngineEvent.TokenGenerated(0, 8, 3, null),
                        new EngineEvent.Finished(0, FinishReason.LENGTH, usage)));
        GenerationRequest request = request(CALLER);
        readAll(tracing.engine().follow(request, () -> engine.submit(request)));
        SpanData whole = span("engine m");
        assertThat(whole.getParentSpanId()).isEqualTo(CALLER.spanId());
        assertThat(whole.getAttributes().get(AttributeKey.longKey("foretoken.cached_tokens")))
                .isEqualTo(2);
        assertThat(whole.getAttributes().get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")))
                .containsExactly("length");
        long at = EPOCH + 500;
        for (String part : List.of("queue", "prefill", "decode")) {
            assertThat(span(part).getParentSpanId()).as(part).isEqualTo(whole.getSpanId());
            assertThat(span(part).getStartEpochNanos()).as(part).isEqualTo(at);
            at = span(part).getEndEpochNanos();
        }
        assertThat(at).isEqualTo(EPOCH + 560);
    }

    @Test
    void failuresAndRefusalsEndTheirSpansWithTheirCodes() {
        AnswerTrace trace = tracing.answer(request(TraceParent.NONE), 500);
        trace.failed(ErrorCode.DEADLINE_EXCEEDED);
        trace.failed(ErrorCode.CANCELLED);
        assertThat(span("generate_content m").getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(text(span("generate_content m"), "error.type")).isEqualTo("deadline_exceeded");
        assertThatThrownBy(() -> tracing.engine().follow(request(TraceParent.NONE), () -> {
                    throw new ForetokenException(ErrorCode.QUEUE_FULL, "full");
                }))
                .isInstanceOf(ForetokenException.class);
        assertThat(text(span("engine m"), "error.type")).isEqualTo("queue_full");
    }

    @Test
    void aReaderWhoLeavesEndsTheSpan() {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        GenerationRequest request = request(CALLER);
        Generation generation = tracing.engine().follow(request, () -> engine.submit(request));
        assertThat(names()).isEmpty();
        generation.cancel();
        assertThat(names()).containsExactly("engine m");
    }

    @Test
    void whatIsNotTracedPassesAsItIs() {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        assertThat(Tracing.off().engine()).isSameAs(GenerationTracer.OFF);
        assertThat(Tracing.off().answer(request(CALLER), 0).request()).isEqualTo(request(CALLER));
        Generation own = engine.submit(request(UNSAMPLED));
        assertThat(tracing.engine().follow(request(UNSAMPLED), () -> own)).isSameAs(own);
        tracing.answer(request(UNSAMPLED), 500).answered(1, 1);
        assertThat(names()).isEmpty();
    }

    @Test
    void spansTellNeitherPromptsNorWhoAsked() {
        AnswerTrace trace = tracing.answer(request(CALLER), 500);
        trace.routed("local");
        trace.answered(3, 4);
        assertThat(spans.getFinishedSpanItems().toString()).doesNotContain("tenant-of-a-key", "salt", "[5, 6, 7]");
    }

    private static void readAll(Generation generation) throws InterruptedException {
        while (!generation.isDone()) {
            generation.next(LONG).orElseThrow(() -> new AssertionError("no event in time"));
        }
    }
}
