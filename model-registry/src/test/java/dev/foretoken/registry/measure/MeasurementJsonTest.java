package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MeasurementJsonTest {

    private static final Measurement MEASUREMENT = new Measurement(
            Instant.parse("2026-03-01T10:00:00Z"),
            "a processor, 2 threads",
            "foretoken 1",
            "0123456789abcdef",
            "toy@1/base",
            new Measurement.Quality(3.25, 12_345, 0.001, 0.99, new Proportion(93, 100)),
            new Measurement.Footprint(100, 90, 4096, 0),
            new Measurement.Speed(1000.5, 50.25, 512, true));

    @Test
    void isReadAsItWasWritten() {
        assertThat(MeasurementJson.read(MeasurementJson.write(MEASUREMENT))).isEqualTo(MEASUREMENT);
    }

    @Test
    void isWrittenForPeopleToo() {
        assertThat(MeasurementJson.write(MEASUREMENT))
                .contains(
                        "\"measured_at\":\"2026-03-01T10:00:00Z\"", "\"kv_bytes_per_token\":4096", "\"successes\":93");
    }

    @Test
    void refusesWhatLacksANumber() {
        String json = MeasurementJson.write(MEASUREMENT).replace("\"perplexity\":3.25,", "");
        assertThatThrownBy(() -> MeasurementJson.read(json))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("perplexity");
    }

    @Test
    void refusesATimeThatIsNone() {
        String json = MeasurementJson.write(MEASUREMENT).replace("2026-03-01T10:00:00Z", "yesterday");
        assertThatThrownBy(() -> MeasurementJson.read(json)).isInstanceOf(ForetokenException.class);
    }
}
