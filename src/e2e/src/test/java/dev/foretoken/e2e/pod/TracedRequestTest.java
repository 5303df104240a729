package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.gateway.tracing.AnswerTrace;
import dev.foretoken.gateway.tracing.Tracing;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One request from a caller through a gateway into a pod is one trace. */
@Timeout(300)
class TracedRequestTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final TraceParent CALLER =
            TraceParent.parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();

    /** As each of the two processes has one. */
    private Tracing tracing() {
        return Tracing.to(
                SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build(),
                System::nanoTime,
                System::nanoTime);
    }

    @Test
    void theSpansOfThePodAreBelowThoseOfTheGateway() throws Exception {
        try (SchedulerHost host = host(tracing());
                PodServer pod = PodServer.start(PodConfig.of("127.0.0.1", 0, Optional.empty()), host);
                RemoteEngine remote =
                        RemoteEngine.connect(RemoteConfig.of("127.0.0.1", pod.port(), Optional.empty()))) {
            assertThat(remote.awaitConnected(LONG)).isTrue();
            AnswerTrace trace = tracing().answer(request(), System.nanoTime());
            Generation generation = remote.submit(trace.request());
            trace.routed("pod");
            while (!generation.isDone()) {
                generation.next(LONG).orElseThrow(() -> new AssertionError("no event in time"));
            }
            trace.answered(3, 4);
        }
        Map<String, SpanData> byName =
                spans.getFinishedSpanItems().stream().collect(Collectors.toMap(SpanData::getName, Function.identity()));
        assertThat(byName)
                .containsOnlyKeys(
                        "generate_content demo", "receive", "route", "engine demo", "queue", "prefill", "decode");
        assertThat(byName.values())
                .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(CALLER.traceId()));
        SpanData edge = byName.get("generate_content demo");
        SpanData engine = byName.get("engine demo");
        assertThat(edge.getParentSpanId()).isEqualTo(CALLER.spanId());
        assertThat(engine.getParentSpanId()).isEqualTo(edge.getSpanId());
        for (String part : List.of("receive", "route")) {
            assertThat(byName.get(part).getParentSpanId()).as(part).isEqualTo(edge.getSpanId());
        }
        for (String part : List.of("queue", "prefill", "decode")) {
            assertThat(byName.get(part).getParentSpanId()).as(part).isEqualTo(engine.getSpanId());
        }
    }

    private static SchedulerHost host(Tracing tracing) {
        SchedulerHost host = new SchedulerHost(
                new HostConfig(64L << 20, 50, 0, Duration.ofSeconds(10)),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(
                                List.of(FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256))),
                                DeviceSpec.cpu(1),
                                Telemetry.NONE)
                        .withTracer(tracing.engine()));
        host.load(FakeRuntimeProvider.source("demo"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        return host;
    }

    private static GenerationRequest request() {
        GenerationRequest request = GenerationRequest.greedy("r-1", "demo", Prompt.of(5, 6, 7), 4);
        return request.withIdentity(request.identity().within(CALLER));
    }
}
