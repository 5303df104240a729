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

/** Every supported architecture and option answers over HTTP what the reference implementation answers. All checkpoints in one process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpConformanceTest {

    private Deployment server;
    private GoldenCheck check;

    @BeforeAll
    void start() {
        server = Topology.ONE_PROCESS.start(GoldenCheck.serving(checkpoints()));
        check = new GoldenCheck(new HttpApi(server.http()));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    static List<String> checkpoints() {
        return Golden.names();
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
