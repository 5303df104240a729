package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gateway learns from a pod where callers reach it, and can name it to others by an address alone. */
@Timeout(300)
class PoolEndpointTest {

    @Test
    void aPodTellsWhereItAnswersHttp() throws Exception {
        assertThat(callersAddress("127.0.0.1", 8080)).contains("127.0.0.1:8080");
    }

    @Test
    void oneThatDoesNotIsNoEndpoint() throws Exception {
        assertThat(callersAddress("127.0.0.1", 0)).isEmpty();
    }

    @Test
    void aNameIsNoAddress() throws Exception {
        assertThat(callersAddress("localhost", 8080)).isEmpty();
    }

    private static Optional<String> callersAddress(String host, int httpPort) throws InterruptedException {
        try (PodServer pod = PodServer.start(PodConfig.loopback(0).answeringHttpOn(httpPort), new FakeEngine("m", 10));
                RemoteEngine remote = RemoteEngine.connect(RemoteConfig.of(host, pod.port(), Optional.empty()))) {
            assertThat(remote.awaitConnected(Duration.ofMinutes(2))).isTrue();
            return remote.callersAddress();
        }
    }
}
