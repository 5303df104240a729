package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Pickers and endpoints, as {@code serve} is told of them. */
class PoolSettingsTest {

    private static AppConfig parse(Map<String, String> environment, String... arguments) {
        ServeOptions options = new ServeOptions();
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(arguments, 1, arguments.length));
        return options.config(environment);
    }

    private static AppConfig parse(String... arguments) {
        return parse(Map.of(), arguments);
    }

    @Test
    void roleAllIsAPodWhereThatIsSaid() {
        assertThat(parse("serve").isPod()).isFalse();
        assertThat(parse("serve", "--role", "runtime").isPod()).isTrue();
        assertThat(parse(
                                Map.of("FORETOKEN_API_KEY", "k"),
                                "serve --with-pod --pod-plaintext --host 10.0.0.1".split(" "))
                        .isPod())
                .isTrue();
    }

    @Test
    void endpointsAreToldByTheAddressesThatPodsAreFoundAt() {
        String found =
                "serve --role gateway --pod-plaintext --picker-port 0 --pod [::1]:4,dns:pods.example:5,127.0.0.1:6"
                        + ",kubernetes:models/pods:grpc";
        assertThat(parse(found.split(" ")).pool()).isEqualTo(new PoolSettings(OptionalInt.of(0), false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --picker-port 9002                  | picker-port=9002, must be given in role gateway
            --picker-port 65536 --role gateway --pod 127.0.0.1:1 | picker-port=65536, must be in [0, 65535]
            --picker-port 9002 --role gateway --pod localhost:1 | pod=localhost:1, must be an IP address and port
            --with-pod --role runtime           | with-pod=true, must be given in role all
            --with-pod --host 10.0.0.1 --api-key k | host=10.0.0.1, must be a loopback address unless pods are reached by TLS
            --with-pod --pod-tls-name n         | pod-tls-name=(given)
            """)
    void whatARoleCannotDoIsRefused(String flags, String message) {
        assertThatThrownBy(() -> parse(("serve " + flags).split(" ")))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(message);
    }
}
