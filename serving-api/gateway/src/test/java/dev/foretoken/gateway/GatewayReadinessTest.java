package dev.foretoken.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What probes are told. */
class GatewayReadinessTest {

    private final FakeEngine engine = new FakeEngine("toy", 100);
    private final ModelCatalog catalog = new ModelCatalog();
    private final Gateway gateway = new Gateway(
            GatewayConfig.DEFAULT,
            catalog,
            new PrometheusTelemetry(() -> 0),
            new Gateway.Clocks(InstantSource.system(), () -> 0),
            RandomGenerator.of("SecureRandom"));

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aRemarkChangesNothingOfWhetherItIsReady() {
        catalog.put(Models.tokensOnly("toy", engine));
        AtomicReference<Optional<String>> remark = new AtomicReference<>(Optional.empty());
        gateway.remarkBy(remark::get);
        assertThat(gateway.readiness()).isEqualTo(new Gateway.Readiness(true, "1 model(s) ready"));
        remark.set(Optional.of("a part waits"));
        assertThat(gateway.readiness()).isEqualTo(new Gateway.Readiness(true, "1 model(s) ready; a part waits"));
        engine.withState(ModelState.FAILED);
        assertThat(gateway.readiness()).isEqualTo(new Gateway.Readiness(false, "no model is ready; a part waits"));
        gateway.refuseMore();
        assertThat(gateway.readiness().detail()).isEqualTo("draining");
    }
}
