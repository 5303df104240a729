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
}
