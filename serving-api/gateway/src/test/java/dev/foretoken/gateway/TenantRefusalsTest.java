package dev.foretoken.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantLimits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each refusal is counted once, of its tenant, at the bound that was met; and nobody is said to wait who was refused or has failed. */
class TenantRefusalsTest {

    private static final String MODEL = "toy";
    private static final Tenant TEAM = Tenant.of("team");

    private final AtomicLong clock = new AtomicLong();
    private final FakeEngine engine = new FakeEngine(MODEL, 100);
    private final ModelCatalog catalog = new ModelCatalog();
    private final Gateway gateway = gateway();

    /** A tenant has two places at the edge, and one among those that wait for a pod. */
    private Gateway gateway() {
        catalog.put(Models.tokensOnly(MODEL, engine));
        RoutingConfig usual = RoutingConfig.DEFAULT;
        HoldLimits hold = new HoldLimits(Duration.ofSeconds(30), 1);
        return new Gateway(
                GatewayConfig.DEFAULT
                        .limiting(new HttpLimits(1 << 10, 8, 2, 4 << 10, Duration.ofSeconds(2), Duration.ofSeconds(5)))
                        .routedBy(new RoutingConfig(usual.policy(), usual.fleet(), usual.records(), hold)),
                catalog,
                new PrometheusTelemetry(clock::get),
                new Gateway.Clocks(InstantSource.system(), clock::get),
                RandomGenerator.of("SecureRandom"));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private AnswerStream open() {
        AnswerSpec spec = new AnswerSpec(
                new PromptInput.Tokens(TokenIds.of(1, 2, 3)),
                null,
                SamplingSpec.DEFAULT,
                StopSpec.afterTokens(1L),
                OutputSpec.TEXT_ONLY,
                ServiceSpec.DEFAULT);
        AnswerPlan plan = gateway.answers().plan(spec, catalog.require(MODEL), "r", TEAM);
        return gateway.answers().open(plan, clock.get());
    }

    private static void refuses(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private String page() {
        return new String(MetricsPage.render(gateway.telemetry(), null).body(), UTF_8);
    }

    /** By limits, places, held, engines; and who still waits. */
    private void assertCounted(int limits, int places, int held, int engines, int waiting) {
        String refused = "foretoken_tenant_refusals_total{tenant=\"team\",cause=\"";
        assertThat(page())
                .contains(
                        refused + "limits\",} " + (double) limits,
                        refused + "places\",} " + (double) places,
                        refused + "held\",} " + (double) held,
                        refused + "engines\",} " + (double) engines,
                        "foretoken_tenant_requests_waiting{tenant=\"team\",} " + (double) waiting);
    }

    @Test
    void atTheEdge() {
        try (Admission.Permit _ = gateway.enter(TEAM, id -> {});
                Admission.Permit _ = gateway.enter(TEAM, id -> {})) {
            refuses(ErrorCode.QUEUE_FULL, () -> gateway.enter(TEAM, id -> {}));
        }
        assertCounted(0, 1, 0, 0, 0);
    }

    @Test
    void byItsOwnLimits() {
        Tenant limited = new Tenant("team", Priority.HIGH, 100, new TenantLimits(0, 0, 1));
        try (Admission.Permit _ = gateway.enter(limited, id -> {})) {
            refuses(ErrorCode.RATE_LIMITED, () -> gateway.enter(limited, id -> {}));
        }
        assertCounted(1, 0, 0, 0, 0);
    }

    @Test
    void byEngines() {
        engine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        refuses(ErrorCode.QUEUE_FULL, this::open);
        assertCounted(0, 0, 0, 1, 0);
    }

    @Test
    void whereItWaitsForAPod() throws Exception {
        engine.withState(ModelState.FAILED);
        Gateway.Waiting waiting = new Gateway.Waiting(TEAM, Optional.empty(), id -> {}, whenLeft -> {});
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = callers.submit(() -> gateway.require(MODEL, waiting));
            Future<?> second = callers.submit(() -> gateway.require(MODEL, waiting));
            Awaited.until("one is refused", () -> first.isDone() || second.isDone());
            assertCounted(0, 0, 1, 0, 1);
            engine.withState(ModelState.READY);
        }
        assertCounted(0, 0, 1, 0, 0);
    }

    @Test
    void whoHasFailedDoesNotWait() throws InterruptedException {
        AnswerStream failing = open();
        assertCounted(0, 0, 0, 0, 1);
        engine.nextSubmitted().push(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "planted"));
        refuses(ErrorCode.RUNTIME_FAILED, failing::next);
        assertCounted(0, 0, 0, 0, 0);
        AnswerStream left = open();
        assertCounted(0, 0, 0, 0, 1);
        left.close();
        assertCounted(0, 0, 0, 0, 0);
    }
}
