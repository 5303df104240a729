package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.TcpProxy;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pod that hangs, and a connection that carries nothing any more, look alike: both stay open. */
@Timeout(300)
class SilentPodTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final PodServer pod = PodServer.start(
            PodConfig.of("127.0.0.1", 0, Optional.empty()), FakeEngine.scripted("m", request -> List.of()));
    private final TcpProxy network = TcpProxy.to(pod.port());
    private final RemoteEngine remote = RemoteEngine.connect(new RemoteConfig(
            "127.0.0.1",
            network.port(),
            Optional.empty(),
            Duration.ofSeconds(10),
            Duration.ofMillis(20),
            Duration.ofMillis(500)));

    @BeforeEach
    void connect() throws InterruptedException {
        assertThat(remote.awaitConnected(LONG)).isTrue();
    }

    @AfterEach
    void close() {
        remote.close();
        network.close();
        pod.close();
    }

    private void await(ModelState state) {
        Eventually.get(
                "the model counts as " + state,
                () -> remote.models().stream().map(ModelInfo::state).toList(),
                List.of(state)::equals);
    }

    @Test
    void aPodBehindADeadConnectionIsFoundByANewOne() {
        await(ModelState.READY);
        int before = network.connections();
        network.stall();
        Eventually.holds("there is a new connection", () -> network.connections() > before);
        await(ModelState.READY);
    }

    @Test
    void aPodThatDoesNotReportGetsNothingUntilItDoes() {
        await(ModelState.READY);
        network.target(1);
        network.stall();
        await(ModelState.FAILED);
        network.target(pod.port());
        await(ModelState.READY);
    }
}
