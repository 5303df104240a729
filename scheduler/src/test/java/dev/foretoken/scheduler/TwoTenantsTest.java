package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Two tenants with prompts of one length on one server in simulated time: the quiet one asks for a tenth of what the server can do, the loud one
 * for ten times that.
 */
class TwoTenantsTest {

    private static final int WEIGHT = ServiceLevel.DEFAULT_WEIGHT;
    private static final double WARM_SECONDS = 400;

    private static SharedServer server(int promptTokens, int answerTokens) {
        return new SharedServer(SharedServer.Machine.TWO_CORES, promptTokens, answerTokens);
    }

    @Test
    void tenantsThatWantMoreThanThereIsGetTokensByTheirWeights() {
        SharedServer server = server(256, 64);
        SharedServer.Tenant light = server.tenant("light", WEIGHT, 100);
        SharedServer.Tenant heavy = server.tenant("heavy", 3 * WEIGHT, 100);
        server.run(WARM_SECONDS);
        assertThat((double) heavy.tokens() / light.tokens()).isEqualTo(3, within(0.2));
    }

    @Test
    void whoComesBackIsServedAheadNoFurtherThanItsCredit() {
        SharedServer server = server(256, 16);
        SharedServer.Tenant early = server.tenant("early", WEIGHT, 100);
        SharedServer.Tenant late = server.tenant("late", WEIGHT, 0.002);
        server.run(WARM_SECONDS);
        long before = late.tokens();
        late.rise(100);
        long earlyBefore = early.tokens();
        server.run(WARM_SECONDS);
        assertThat((double) (late.tokens() - before) / (early.tokens() - earlyBefore))
                .isEqualTo(1, within(0.1));
    }

    @Test
    void promptsOfWhoWasServedLittleComeWholeAndTheNextWaitsForTheNextStep() {
        SchedulerBench bench =
                new SchedulerBench(FakeModel.ofContext(100, 512), new SchedulerConfig(16, 64, 64, 100, true, 3), 1000);
        for (int i = 0; i < 12; i++) {
            bench.submit(of(distinct("loud" + i, 400, 2), "loud", Priority.NORMAL));
        }
        for (int i = 0; i < 40; i++) {
            bench.step();
        }
        bench.submit(of(distinct("quiet0", 40, 2), "quiet", Priority.NORMAL));
        bench.submit(of(distinct("quiet1", 32, 2), "quiet", Priority.NORMAL));
        bench.submit(of(distinct("quiet2", 40, 2), "quiet", Priority.NORMAL));
        assertThat(tokens(bench.step())).isEqualTo(Map.of("quiet0", 40));
        assertThat(tokens(bench.step())).contains(entry("quiet1", 32)).doesNotContainKey("quiet2");
        assertThat(tokens(bench.step())).contains(entry("quiet2", 40));
    }

    private static Map<String, Integer> tokens(List<SchedulerBench.Row> rows) {
        return rows.stream()
                .filter(row -> row.request().startsWith("quiet"))
                .collect(Collectors.toMap(SchedulerBench.Row::request, SchedulerBench.Row::count));
    }
}
