package dev.foretoken.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
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
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two tenants in front of one engine in simulated time, whose requests come whether others were answered or not: the quiet one sends a tenth of what
 * the engine answers, the loud one ten times as much as that. The engine takes turns between them, as the scheduler does.
 */
class TwoTenantsTest {

    private static final String MODEL = "toy";
    private static final int PLACES = 64;
    private static final int ANSWERS_PER_TICK = 4;
    private static final int TICKS = 250;
    private static final Duration TICK = Duration.ofMillis(100);

    private final AtomicLong clock = new AtomicLong();
    private final FakeEngine engine = new FakeEngine(MODEL, 100);
    private final ModelCatalog catalog = new ModelCatalog();
    private final Gateway gateway = gateway();
    private int requests;

    private Gateway gateway() {
        catalog.put(Models.tokensOnly(MODEL, engine));
        return new Gateway(
                GatewayConfig.DEFAULT.limiting(
                        new HttpLimits(1 << 10, 8, PLACES, 4 << 10, Duration.ofSeconds(2), Duration.ofSeconds(5))),
                catalog,
                new PrometheusTelemetry(clock::get),
                new Gateway.Clocks(InstantSource.system(), clock::get),
                RandomGenerator.of("SecureRandom"));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    /** A tenant, and its requests that are not answered. */
    private final class Client {
        private final Tenant tenant;
        private final double perTick;
        private final Random random;
        private final ArrayDeque<Sent> underWay = new ArrayDeque<>();
        private int refused;
        private int answered;
        private int longestWait;

        private Client(String name, double perTick) {
            this.tenant = Tenant.of(name);
            this.perTick = perTick;
            this.random = new Random(name.hashCode());
        }

        /** As many as come in one tick: each of a hundred moments brings one or none. */
        void come(int tick) throws InterruptedException {
            for (int moment = 0; moment < 100; moment++) {
                if (random.nextDouble() < perTick / 100) {
                    send(tick);
                }
            }
        }

        private void send(int tick) throws InterruptedException {
            Admission.Permit place;
            try {
                place = gateway.enter(tenant, id -> {});
            } catch (ForetokenException e) {
                assertThat(e.code()).isIn(ErrorCode.QUEUE_FULL, ErrorCode.SHARE_FULL);
                refused++;
                return;
            }
            AnswerPlan plan = gateway.answers().plan(spec(), catalog.require(MODEL), "r" + requests++, tenant);
            AnswerStream answer = gateway.answers().open(plan, clock.get());
            underWay.add(new Sent(place, answer, engine.nextSubmitted(), tick));
        }

        private void answerOldest(int tick) throws InterruptedException {
            Sent sent = underWay.remove();
            sent.asked.started(0, 0);
            sent.asked.token(0, 7);
            sent.asked.finished(0, FinishReason.LENGTH);
            try (Admission.Permit _ = sent.place;
                    AnswerStream answer = sent.answer) {
                while (!answer.isOver()) {
                    answer.next();
                }
            }
            answered++;
            longestWait = Math.max(longestWait, tick - sent.tick);
        }
    }

    private record Sent(Admission.Permit place, AnswerStream answer, FakeGeneration asked, int tick) {}

    private static AnswerSpec spec() {
        return new AnswerSpec(
                new PromptInput.Tokens(TokenIds.of(1, 2, 3)),
                null,
                SamplingSpec.DEFAULT,
                StopSpec.afterTokens(1L),
                OutputSpec.TEXT_ONLY,
                ServiceSpec.DEFAULT);
    }

    private void run(Client... clients) throws InterruptedException {
        for (int tick = 0; tick < TICKS; tick++) {
            clock.addAndGet(TICK.toNanos());
            for (Client client : clients) {
                client.come(tick);
            }
            for (int i = 0; i < ANSWERS_PER_TICK; i++) {
                Client next = List.of(clients).stream()
                        .filter(client -> !client.underWay.isEmpty())
                        .min(Comparator.comparingInt(client -> client.answered))
                        .orElse(null);
                if (next != null) {
                    next.answerOldest(tick);
                }
            }
        }
    }

    private String page() {
        return new String(MetricsPage.render(gateway.telemetry(), null).body(), UTF_8);
    }

    @Test
    void nothingIsRefusedToTheQuietOneAndTheEngineIsBusy() throws InterruptedException {
        Client quiet = new Client("quiet", 0.1 * ANSWERS_PER_TICK);
        Client loud = new Client("loud", 10 * ANSWERS_PER_TICK);
        run(loud, quiet);
        assertThat(quiet.refused).isZero();
        assertThat(quiet.answered).isGreaterThan((int) (0.08 * ANSWERS_PER_TICK * TICKS));
        assertThat(quiet.longestWait).as("ticks").isLessThanOrEqualTo(2);
        assertThat(loud.refused).isGreaterThan(5 * loud.answered);
        assertThat(quiet.answered + loud.answered).isEqualTo(ANSWERS_PER_TICK * TICKS);
        assertThat(gateway.admission().underWay()).isLessThanOrEqualTo(PLACES + 2);
        assertCounted(quiet, loud);
    }

    private void assertCounted(Client quiet, Client loud) {
        assertThat(page())
                .contains(
                        "foretoken_tenant_refusals_total{tenant=\"quiet\",cause=\"places\",} 0.0",
                        "foretoken_tenant_refusals_total{tenant=\"loud\",cause=\"places\",} " + (double) loud.refused,
                        "foretoken_tenant_requests_waiting{tenant=\"loud\",} " + (double) loud.underWay.size(),
                        "foretoken_tenant_requests_waiting{tenant=\"quiet\",} " + (double) quiet.underWay.size(),
                        "foretoken_tenant_time_to_first_token_seconds_count{tenant=\"quiet\",} "
                                + (double) quiet.answered);
    }
}
