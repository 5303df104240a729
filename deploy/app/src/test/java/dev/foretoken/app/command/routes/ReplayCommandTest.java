package dev.foretoken.app.command.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.gateway.routing.RouteJson;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.decision.RouteReplay;
import dev.foretoken.routing.decision.RouteReplayer;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import dev.foretoken.routing.policy.Standing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {

    /** 1 ms a token. */
    private static final PrefillCost COST = new PrefillCost(1e6, 0, 0, 64);

    @TempDir
    Path folder;

    private static RouteDecision.Candidate candidate(
            String endpoint, int sequences, double aheadNanos, boolean chosen) {
        return new RouteDecision.Candidate(
                endpoint,
                new CandidateFeatures(Standing.READY, true, sequences, 0, 0, 0, aheadNanos, 0, 0, COST, 0, 1),
                0,
                chosen ? Optional.empty() : Optional.of(dev.foretoken.routing.policy.WhyNot.WORSE));
    }

    /** Least-loaded took the pod that has nothing running and 100 ms of prompts ahead. */
    private static RouteDecision decision(String id) {
        return new RouteDecision(
                id,
                Instant.EPOCH,
                "toy",
                "team",
                RouteDecision.Cause.REQUEST,
                "least-loaded",
                0,
                10,
                0,
                List.of(candidate("p0", 0, 100e6, true), candidate("p1", 1, 0, false)),
                Optional.empty());
    }

    private Path recorded(String more) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (String id : List.of("a", "b")) {
            lines.append(RouteJson.decision(decision(id))).append('\n');
        }
        return Files.writeString(folder.resolve("routes.jsonl"), lines + more);
    }

    private static RouteReplay replay(Path file, RoutePolicy policy) {
        RouteReplayer replayer = new RouteReplayer(policy, 1);
        new RecordedFile(file).each(replayer::add);
        return replayer.result();
    }

    @Test
    void saysWhatAPolicyChangesAndWhatThatIsExpectedToBring() throws Exception {
        Path file = recorded("\n");
        List<RouteReplay> replays = List.of(
                replay(file, RoutePolicies.named("least-loaded").orElseThrow()),
                replay(file, RoutePolicies.weighted("expected-ttft", Map.of("delay", 0.5))));
        List<String> lines = ReplayText.table(replays).lines().stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
        assertThat(lines.get(1)).isEqualTo("least-loaded 2 100.0 % 0 110.0 ms 110.0 ms 0.0 % 0 0");
        assertThat(lines.get(2)).isEqualTo("expected-ttft 2 0.0 % 2 10.0 ms 110.0 ms -90.9 % 0 0");
        JsonNode json = ReplayText.json(replays).path("policies").path(1);
        assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                {"policy": "expected-ttft", "decisions": 2, "equal": 0, "changed": 2, "compared": 2, "expected_ttft_ms": 10.0,
                 "recorded_ttft_ms": 110.0, "refused": 0, "refused_elsewhere": 0, "changes": [{"id": "a", "recorded": "p0", "replayed": "p1",
                 "expected_ttft_ms": 10.0, "recorded_ttft_ms": 110.0}]}"""));
    }

    @Test
    void eachDecisionIsReplayedOnceAndAsItWasInTheEnd() throws Exception {
        Path file = recorded(new Amendment("a", "QUEUE_FULL").json() + "\n");
        List<Optional<ErrorCode>> refusals = new ArrayList<>();
        new RecordedFile(file).each(decision -> refusals.add(decision.refusal()));
        assertThat(refusals).containsExactly(Optional.of(ErrorCode.QUEUE_FULL), Optional.empty());
        RouteReplay same = replay(file, RoutePolicies.named("least-loaded").orElseThrow());
        assertThat(List.of(same.decisions(), same.refused(), same.refusedElsewhere()))
                .containsExactly(2, 1, 0);
        RouteReplay other = replay(file, RoutePolicies.DEFAULT);
        assertThat(List.of(other.decisions(), other.refused(), other.refusedElsewhere()))
                .containsExactly(2, 1, 1);
    }

    @Test
    void whatCannotBeReadTwiceIsRefused() {
        assertRefused("it is read twice", folder.toString());
    }

    @Test
    void aLineThatIsNoDecisionIsNamed() throws Exception {
        for (String bad : List.of(
                "{",
                "{}",
                "[1]",
                "{\"amends\":1,\"reason\":\"QUEUE_FULL\"}",
                "{\"amends\":\"a\",\"reason\":\"NO_SUCH_CODE\"}",
                RouteJson.decision(decision("c")).put("draw", "x").toString())) {
            assertRefused("line 3", recorded(bad).toString());
        }
        assertRefused("cannot read", folder.resolve("missing").toString());
    }

    @Test
    void policiesAndWeightsThatDoNotExistAreRefused() throws Exception {
        String file = recorded("").toString();
        assertRefused("must be one of", file, "--policy", "best");
        assertRefused("no weight", file, "--policy", "expected-ttft", "--weights", "speed=2");
        assertRefused("no weight", file, "--policy", "least-loaded", "--weights", "delay=2");
        assertRefused("at least", file, "--weights", "delay=-1");
        assertRefused("changes=-1", file, "--changes", "-1");
    }

    private static void assertRefused(String why, String... arguments) {
        ReplayCommand command = new ReplayCommand();
        new CommandLine(command).parseArgs(arguments);
        assertThatThrownBy(command::call).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(e).hasMessageContaining(why);
        });
    }
}
