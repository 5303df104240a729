package dev.foretoken.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.answer.AnswerLimits;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayConfigTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void listensOnLoopbackWithoutKeyByDefault() {
        assertThat(GatewayConfig.DEFAULT.host()).isEqualTo("127.0.0.1");
        assertThat(GatewayConfig.DEFAULT.apiKeys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.example.org"})
    void refusesAnAddressOthersCanReachWithoutAKey(String host) {
        refuses("gateway.host", () -> GatewayConfig.DEFAULT.listeningOn(host, 8080));
        GatewayConfig withKey =
                GatewayConfig.DEFAULT.withApiKeys(List.of("a-long-key")).listeningOn(host, 8080);
        assertThat(withKey.host()).isEqualTo(host);
        assertThat(withKey.toString()).doesNotContain("a-long-key");
    }

    @Test
    void hasNoPortOfOperatorsByDefaultAndNoneWithoutAKey() {
        assertThat(GatewayConfig.DEFAULT.admin()).isEmpty();
        List<String> keys = List.of("a-long-key");
        refuses("admin-key", () -> new AdminConfig("127.0.0.1", 8081, List.of(), List.of()));
        refuses("admin-port", () -> new AdminConfig("127.0.0.1", 65_536, keys, List.of()));
        refuses("admin-host", () -> new AdminConfig(" ", 8081, keys, List.of()));
        assertThat(new AdminConfig("0.0.0.0", 0, keys, List.of()).toString()).doesNotContain("a-long-key");
    }

    @Test
    void refusesEveryLimitOutsideItsRange() {
        refuses("gateway.port", () -> GatewayConfig.DEFAULT.listeningOn("localhost", 65_536));
        refuses("gateway.host", () -> GatewayConfig.DEFAULT.listeningOn(" ", 1));
        refuses("gateway.max-body-bytes", () -> new HttpLimits(1, 1, 1, 1024, SECOND, SECOND));
        refuses("gateway.max-prompts", () -> new HttpLimits(1024, 0, 1, 1024, SECOND, SECOND));
        refuses("gateway.max-requests", () -> new HttpLimits(1024, 1, 0, 1024, SECOND, SECOND));
        refuses("gateway.max-unsent-bytes", () -> new HttpLimits(1024, 1, 1, 1, SECOND, SECOND));
        refuses("gateway.stall-timeout", () -> new HttpLimits(1024, 1, 1, 1024, Duration.ZERO, SECOND));
        refuses("gateway.quiet-timeout", () -> HttpLimits.DEFAULT.quietFor(Duration.ZERO));
        refuses("gateway.max-connections", () -> HttpLimits.DEFAULT.withMaxConnections(0));
        refuses("gateway.body-timeout", () -> new HttpLimits(1024, 1, 1, 1024, SECOND, Duration.ofDays(1)));
        refuses("gateway.max-choices", () -> new AnswerLimits(0, 1, 1, 1, 0, 1, SECOND));
        refuses("gateway.max-stop-strings", () -> new AnswerLimits(1, 0, 1, 1, 0, 1, SECOND));
        refuses("gateway.max-stop-characters", () -> new AnswerLimits(1, 1, 0, 1, 0, 1, SECOND));
        refuses("gateway.max-stop-tokens", () -> new AnswerLimits(1, 1, 1, 0, 0, 1, SECOND));
        refuses("gateway.max-logprobs", () -> new AnswerLimits(1, 1, 1, 1, -1, 1, SECOND));
        refuses("gateway.max-logit-bias", () -> new AnswerLimits(1, 1, 1, 1, 0, 0, SECOND));
        refuses("gateway.max-timeout", () -> new AnswerLimits(1, 1, 1, 1, 0, 1, Duration.ZERO));
    }

    private static void refuses(String key, Supplier<?> config) {
        assertThatThrownBy(config::get).isInstanceOf(ForetokenException.class).hasMessageContaining(key);
    }
}
