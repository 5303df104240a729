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

/** What holds for every checkpoint that a server of one topology has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ConformanceOverHttp {

    private final Topology topology;
    private final List<String> checkpoints;
    private Deployment server;
    private GoldenCheck check;

    ConformanceOverHttp(Topology topology, List<String> checkpoints) {
        this.topology = topology;
        this.checkpoints = checkpoints;
    }

    @BeforeAll
    void start() {
        server = topology.start(GoldenCheck.serving(checkpoints));
        check = new GoldenCheck(new HttpApi(server.http()));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    List<String> checkpoints() {
        return checkpoints;
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
