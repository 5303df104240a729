package dev.foretoken.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.routing.decision.RouteDecision;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests for a model whose engine is not there yet. */
class GatewayHoldTest {

    private static final String MODEL = "toy";

    private final AtomicLong clock = new AtomicLong();
    private final FakeEngine engine = new FakeEngine(MODEL, 100).withState(ModelState.FAILED);
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Runnable> whenLeft = new CompletableFuture<>();
    private final ModelCatalog catalog = new ModelCatalog();
    private final Gateway gateway = gateway(Duration.ofSeconds(30));

    private Gateway gateway(Duration hold) {
        catalog.put(Models.tokensOnly(MODEL, engine));
        RoutingConfig usual = RoutingConfig.DEFAULT;
        return new Gateway(
                GatewayConfig.DEFAULT.routedBy(
                        new RoutingConfig(usual.policy(), usual.fleet(), usual.records(), new HoldLimits(hold, 4))),
                catalog,
                new PrometheusTelemetry(clock::get),
                new Gateway.Clocks(InstantSource.system(), clock::get),
                RandomGenerator.of("SecureRandom"));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private ServedModel require(Gateway from) throws InterruptedException {
        return from.require(
                MODEL, new Gateway.Waiting(Tenant.of("team"), Optional.empty(), told::add, whenLeft::complete));
    }

    @Test
    void aRequestWaitsUntilAnEngineIsThere() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ServedModel> waiting = callers.submit(() -> require(gateway));
            whenLeft.get();
            assertThat(gateway.readiness().ready())
                    .as("else nobody would send it")
                    .isTrue();
            engine.withState(ModelState.READY);
            assertThat(waiting.get().name()).isEqualTo(MODEL);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void aWaitInVainLeavesARecordOfTheModel() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ServedModel> waiting = callers.submit(() -> require(gateway));
            whenLeft.get();
            clock.addAndGet(Duration.ofSeconds(30).toNanos());
            assertThatThrownBy(waiting::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            ForetokenException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
        }
        RouteDecision decision = gateway.routes().find(told.getFirst()).orElseThrow();
        assertThat(decision.model()).isEqualTo(MODEL);
        assertThat(decision.tenant()).isEqualTo("team");
        assertThat(decision.refusal()).contains(ErrorCode.REPLICA_UNAVAILABLE);
        assertThat(decision.candidates()).isEmpty();
    }

    @Test
    void aCallerThatLeavesIsNotWaitedFor() throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ServedModel> waiting = callers.submit(() -> require(gateway));
            whenLeft.get().run();
            assertThatThrownBy(waiting::get).cause().hasMessageContaining("left");
        }
    }

    @Test
    void withoutAHoldTheModelIsGivenAsItIsAndTheGatewayIsNotReady() throws Exception {
        try (Gateway usual = gateway(Duration.ZERO)) {
            assertThat(require(usual).name()).isEqualTo(MODEL);
            assertThat(usual.readiness().ready()).isFalse();
        }
    }
}
