package dev.foretoken.e2e.conformance;

import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Topology;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference's answers come through gateway and runtime as two processes too: the first two checkpoints of each architecture. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoProcessConformanceTest {

    private static final int OF_EACH = 2;

    private Deployment server;
    private GoldenCheck check;

    @BeforeAll
    void start() {
        server = Topology.GATEWAY_AND_RUNTIME.start(GoldenCheck.serving(checkpoints()));
        check = new GoldenCheck(new HttpApi(server.http()));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    static List<String> checkpoints() {
        return List.of("llama-", "mistral-", "qwen2-", "qwen3-").stream()
                .flatMap(architecture -> Golden.names().stream()
                        .filter(name -> name.startsWith(architecture))
                        .limit(OF_EACH))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void greedyTokensAndLogprobsEqualTheReference(String checkpoint) {
        check.greedyTokensAndLogprobsEqualTheReference(checkpoint);
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void anAnswerFromThePrefixCacheHasTheSameBits(String checkpoint) {
        check.anAnswerFromThePrefixCacheHasTheSameBits(checkpoint);
    }
}
