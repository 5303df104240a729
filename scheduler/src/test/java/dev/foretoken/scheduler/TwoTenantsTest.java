package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.request.ServiceLevel;
import org.junit.jupiter.api.Test;

/**
 * Two tenants with prompts of one length on one server in simulated time: the quiet one asks for a tenth of what the server can do, the loud one
 * for ten times that.
 */
class TwoTenantsTest {

    private static final int WEIGHT = ServiceLevel.DEFAULT_WEIGHT;
    private static final int QUIET_REQUESTS = 250;
    private static final double WARM_SECONDS = 400;

    /** {@code ttft}: what the quiet one waits longer beside the loud one, of the 99th percentile; {@code throughput}: what both get of what one does. */
    private record Price(double ttft, double throughput) {
        static Price of(int promptTokens, int answerTokens) {
            SharedServer busy = server(promptTokens, answerTokens);
            SharedServer.Tenant only = busy.tenant("loud", WEIGHT, 100);
            double most = busy.run(WARM_SECONDS);
            double capacity = only.answered() / WARM_SECONDS;
            double seconds = QUIET_REQUESTS / (capacity / 10);
            SharedServer idle = server(promptTokens, answerTokens);
            SharedServer.Tenant alone = idle.tenant("quiet", WEIGHT, capacity / 10);
            idle.run(seconds);
            SharedServer shared = server(promptTokens, answerTokens);
            SharedServer.Tenant quiet = shared.tenant("quiet", WEIGHT, capacity / 10);
            shared.tenant("loud", WEIGHT, capacity * 10);
            double both = shared.run(seconds);
            return new Price(quiet.ttft(0.99) / alone.ttft(0.99), both / most);
        }
    }

    private static SharedServer server(int promptTokens, int answerTokens) {
        return new SharedServer(CostTable.TINY_LLAMA, promptTokens, answerTokens);
    }

    @Test
    void theQuietTenantIsAnsweredAlmostAsIfItWereAlone() {
        Price price = Price.of(512, 64);
        assertThat(price.ttft()).isLessThan(1.5);
        assertThat(price.throughput()).isGreaterThan(0.95);
    }

    /** The loud one fills every row; a first token comes one step later than on a server that stands still until it is asked. */
    @Test
    void theQuietTenantNeedNotWaitForRowsOfTheLoudOne() {
        Price price = Price.of(128, 512);
        assertThat(price.ttft()).isLessThan(2);
        assertThat(price.throughput()).isGreaterThan(0.95);
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
}
