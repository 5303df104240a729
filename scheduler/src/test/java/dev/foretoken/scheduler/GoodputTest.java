package dev.foretoken.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.scheduler.VirtualServer.Outcome;
import dev.foretoken.scheduler.prefill.PrefillChoice.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Goodput in simulated time: answers a second whose first token came within a second. The costs of steps are a stand-in for measured ones;
 * scheduler, choices and what is learnt of costs are the real ones.
 */
class GoodputTest {

    /** A request more or less in the time that is looked at. */
    private static final double ONE_REQUEST = 1 / 150.0;

    private static Outcome run(CostTable costs, Workload workload, PrefillMode mode) {
        return new VirtualServer(costs, workload, mode).run();
    }

    private static void assertAutoKeepsUp(CostTable costs, Workload workload) {
        Outcome exact = run(costs, workload, PrefillMode.EXACT);
        Outcome auto = run(costs, workload, PrefillMode.AUTO);
        assertThat(auto.goodput())
                .as("goodput of %s, %s where all is computed, %s", auto, exact, workload)
                .isGreaterThanOrEqualTo(exact.goodput() - ONE_REQUEST);
    }

    @Test
    void with32ClientsOfMixedPromptsMoreComeInTimeThanIfAllWereComputed() {
        Workload clients = Workload.clients(32);
        for (CostTable costs : List.of(CostTable.TINY_LLAMA, CostTable.TINY_LLAMA_INT8)) {
            Outcome exact = run(costs, clients, PrefillMode.EXACT);
            Outcome auto = run(costs, clients, PrefillMode.AUTO);
            assertThat(exact.goodput()).as("those of short prompts").isPositive();
            assertThat(auto.goodput()).isGreaterThan(1.3 * exact.goodput());
        }
    }

    @Test
    void atNoLoadDoFewerComeInTimeThanIfAllWereComputed() {
        for (int clients : new int[] {1, 4, 16, 48}) {
            assertAutoKeepsUp(CostTable.TINY_LLAMA, Workload.clients(clients));
        }
        for (double rate : new double[] {0.3, 1, 3}) {
            assertAutoKeepsUp(CostTable.TINY_LLAMA, Workload.perSecond(rate));
            assertAutoKeepsUp(CostTable.TINY_LLAMA_INT8, Workload.perSecond(rate));
        }
    }

    @Test
    void promptsThatAreNotWorthPredictingComeInTimeAsBefore() {
        for (int clients : new int[] {1, 8, 32}) {
            assertAutoKeepsUp(CostTable.TINY_LLAMA, Workload.clients(clients).withPrompts(8, 128));
        }
        Outcome alone = run(CostTable.TINY_LLAMA, Workload.clients(1).withPrompts(8, 128), PrefillMode.AUTO);
        assertThat(alone.predicted()).isZero();
    }

    @Test
    void longPromptsComeInTimeOnlyPredicted() {
        Workload alone = Workload.clients(1).withPrompts(1024, 2048);
        assertThat(run(CostTable.TINY_LLAMA, alone, PrefillMode.EXACT).goodput())
                .isZero();
        Outcome auto = run(CostTable.TINY_LLAMA, alone, PrefillMode.AUTO);
        assertThat(auto.goodput()).isGreaterThan(0.9 * auto.answered());
        assertThat(auto.reasons()).containsEntry(Reason.UNMEASURED, 1);
    }

    @Test
    void thoseWhoAreLateAreAnsweredAllTheSame() {
        Outcome auto = run(CostTable.TINY_LLAMA, Workload.perSecond(3), PrefillMode.AUTO);
        assertThat(auto.goodput()).isPositive();
        assertThat(auto.answered()).as("answers of the late among them").isGreaterThan(1.5 * auto.goodput());
    }
}
