package dev.foretoken.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracingConfigTest {

    @ParameterizedTest
    @ValueSource(strings = {"http://collector:4318", "http://collector:4318/"})
    void tracesGoToTheirPathBelowTheEndpoint(String endpoint) {
        assertThat(new TracingConfig(URI.create(endpoint), 1).traces())
                .isEqualTo(URI.create("http://collector:4318/v1/traces"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"collector:4318", "grpc://collector:4317", "http:///v1", "/v1"})
    void refusesWhatIsNoAddressOfACollector(String endpoint) {
        assertThatThrownBy(() -> new TracingConfig(URI.create(endpoint), 1)).hasMessageContaining("otlp-endpoint");
    }

    @Test
    void doesNotRepeatCredentials() {
        assertThatThrownBy(() -> new TracingConfig(URI.create("http://me:secret@collector"), 1))
                .hasMessageContaining("without user and password")
                .message()
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void refusesSharesThatAreNone(double share) {
        assertThatThrownBy(() -> new TracingConfig(URI.create("http://collector"), share))
                .hasMessageContaining("trace-share");
    }
}
