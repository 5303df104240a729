package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServeOptionsTest {

    @Test
    void withoutFlagsTheDemoModelIsServedOnTheLoopbackAddress() {
        AppConfig config = ServeOptions.parse("serve");
        assertThat(config)
                .isEqualTo(new AppConfig(
                        Role.ALL,
                        Ports.DEFAULT,
                        List.of(new ModelMount("demo", "demo")),
                        List.of(),
                        List.of(),
                        "",
                        EngineSettings.DEFAULT,
                        Duration.ofSeconds(25)));
    }

    @Test
    void everyFlagReachesItsSetting() {
        AppConfig config = ServeOptions.parse(
                ("serve --role gateway --host 0.0.0.0 --port 1 --grpc-port 2 --pod-port 3 --model a=/x --model b=/y --pod h:4"
                                + " --pod i:5 --api-key k1 --api-key k2 --pod-credential 0123456789abcdef --threads 3"
                                + " --memory 2g --kernels scalar --precision exact --cache-type f16 --max-context 512"
                                + " --speculate 5 --weights q4-g64"
                                + " --drain-seconds 7")
                        .split(" "));
        assertThat(config)
                .isEqualTo(new AppConfig(
                        Role.GATEWAY,
                        new Ports("0.0.0.0", 1, 2, 3),
                        List.of(new ModelMount("a", "/x"), new ModelMount("b", "/y")),
                        List.of(new PodAddress("h", 4), new PodAddress("i", 5)),
                        List.of("k1", "k2"),
                        "0123456789abcdef",
                        new EngineSettings(
                                3,
                                2L << 30,
                                5,
                                new RuntimeOptions(CacheType.F16, "scalar", Precision.EXACT, 512, Weights.Q4_G64)),
                        Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --port 70000                        | port=70000, must be in [0, 65535]
            --grpc-port -1                      | grpc-port=-1, must be in [0, 65535]
            --pod-port 65536                    | pod-port=65536, must be in [0, 65535]
            --threads 5000                      | threads=5000, must be in [0, 256]
            --max-context -1                    | max-context-tokens=-1
            --speculate 65                      | speculate=65, must be in [0, 64]
            --drain-seconds 4000                | drain-timeout=
            --model a=/x --model a=/y           | given once per name
            --model =/x                         | model name ''
            --pod host                          | must be HOST:PORT
            --pod h:1                           | given in role gateway and only there
            --role gateway                      | given in role gateway and only there
            """)
    void aValueOutsideItsRangeIsRefusedByName(String flags, String message) {
        assertThatThrownBy(() -> ServeOptions.parse(("serve " + flags).split(" ")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(message);
    }

    @Test
    void aBarePathIsServedUnderItsLastFolder() {
        assertThat(ModelMount.parse("/models/tiny-llama/"))
                .isEqualTo(new ModelMount("tiny-llama", "/models/tiny-llama/"));
        assertThat(ModelMount.parse("random:llama-1.1b")).isEqualTo(new ModelMount("llama-1.1b", "random:llama-1.1b"));
    }

    @Test
    void secretsAreNotPrinted() {
        String printed =
                ServeOptions.parse("serve", "--api-key", "sk-very-secret").toString();
        assertThat(printed).doesNotContain("sk-very-secret").contains("apiKeys=1");
    }

    @ParameterizedTest
    @CsvSource({"0,0", "123,123", "1k,1024", "512m,536870912", "8g,8589934592", "1.5GiB,1610612736", "2GB,2147483648"})
    void sizesHaveUnits(String text, long bytes) {
        assertThat(new ByteSize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"-1", "x", "1q", "NaN", "''", "99999999t"})
    void aSizeThatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> new ByteSize().convert(text)).hasMessageContaining("is not a size");
    }
}
