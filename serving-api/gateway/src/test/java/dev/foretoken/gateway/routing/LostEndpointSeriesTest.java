package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.Contact;
import dev.foretoken.gateway.model.EndpointMetrics;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ReportedEngine;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The series that the alerts for endpoints are made of, scraped while requests go on and an engine does not. */
class LostEndpointSeriesTest extends ThreeReplicas {

    private static final Duration SCRAPED_EVERY = Duration.ofSeconds(15);
    /** Ten minutes: longer than the alerts wait. */
    private static final int SCRAPES = 40;
    /** Five minutes of them, of which the alert takes the mean. */
    private static final int WINDOW = 20;

    private final Pod pod = new Pod(first.engine);

    LostEndpointSeriesTest() {
        List<EngineEndpoint> endpoints = List.of(new EngineEndpoint("first", pod), second.endpoint());
        model = new ServedModel("m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, endpoints);
        EndpointMetrics.register(telemetry, () -> endpoints);
    }

    /** Values of a series, a request having been answered every second. */
    private List<Double> scraped(String series) throws InterruptedException {
        List<Double> values = new ArrayList<>();
        for (int scrape = 0; scrape < SCRAPES; scrape++) {
            values.add(telemetry.value(series));
            for (long second = 0; second < SCRAPED_EVERY.toSeconds(); second++) {
                clock.advance(Duration.ofSeconds(1));
                assertWhole(rest(open(request(1))), request(1));
            }
        }
        return values;
    }

    private void failsUntilItIsLeftAlone() throws InterruptedException {
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
    }

    /** It is not asked, so nothing is learned from requests: the breaker, open at first, is not for long. */
    @Test
    void anEngineThatIsGoneIsCountedForAsLongAsItIs() throws InterruptedException {
        assertThat(telemetry.value("foretoken_endpoints[reporting]")).isEqualTo(2);
        failsUntilItIsLeftAlone();
        first.engine.withState(ModelState.FAILED);
        pod.contact = Contact.LOST;
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[first]")).isEqualTo(1);
        assertThat(scraped("foretoken_endpoint_breaker_open[first]"))
                .startsWith(1.0)
                .containsOnlyOnce(1.0);
        assertThat(scraped("foretoken_endpoints[lost]")).containsOnly(1.0);
        assertThat(telemetry.value("foretoken_endpoints[reporting]")).isEqualTo(1);
        pod.contact = Contact.REPORTING;
        assertThat(scraped("foretoken_endpoints[lost]")).containsOnly(0.0);
    }

    /** It is tried now and then, by when its breaker counts as closed: no value holds on, but most of them are 1. */
    @Test
    void theBreakerOfOneThatReportsAndFailsIsOpenMostOfTheTime() throws InterruptedException {
        failsUntilItIsLeftAlone();
        List<Double> open = scraped("foretoken_endpoint_breaker_open[first]");
        for (int from = 0; from + WINDOW <= SCRAPES; from++) {
            assertThat(open.subList(from, from + WINDOW).stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElseThrow())
                    .isGreaterThan(0.5);
        }
        assertThat(telemetry.value("foretoken_endpoints[lost]")).isZero();
    }

    /** An engine elsewhere, of which is known how it is. */
    private final class Pod implements ReportedEngine {

        private final FakeEngine engine;
        private Contact contact = Contact.REPORTING;

        Pod(FakeEngine engine) {
            this.engine = engine;
        }

        @Override
        public Contact contact() {
            return contact;
        }

        @Override
        public long reportedAt() {
            return clock.getAsLong();
        }

        @Override
        public Optional<String> callersAddress() {
            return Optional.empty();
        }

        @Override
        public Generation submit(GenerationRequest request) {
            return engine.submit(request);
        }

        @Override
        public List<ModelInfo> models() {
            return engine.models();
        }

        @Override
        public LoadReport report() {
            return engine.report();
        }
    }
}
