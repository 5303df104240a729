package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.wire.pod.v1.Load;
import org.junit.jupiter.api.Test;

class LoadDecoderTest {

    private static final dev.foretoken.wire.pod.v1.PromptWork WORK = dev.foretoken.wire.pod.v1.PromptWork.newBuilder()
            .setQueuedTokens(1)
            .setRunningTokens(2)
            .setAttendedPairs(3)
            .setNanosPerPlace(4)
            .build();
    private static final dev.foretoken.wire.pod.v1.PrefillCost COST = dev.foretoken.wire.pod.v1.PrefillCost.newBuilder()
            .setNanosPerToken(5)
            .setNanosPerPair(6)
            .setNanosPerStep(7)
            .setTokensPerStep(8)
            .build();

    @Test
    void workAndCostsComeAsTheyWereSent() {
        ModelLoad load = LoadDecoder.decode(
                Load.newBuilder().setModel("m").setWork(WORK).setCost(COST).build());
        assertThat(load.work()).isEqualTo(new PromptWork(1, 2, 3, 4));
        assertThat(load.cost()).isEqualTo(new PrefillCost(5, 6, 7, 8));
    }

    @Test
    void aPodThatSaysNothingHasNoneOfBoth() {
        ModelLoad load = LoadDecoder.decode(Load.newBuilder().setModel("m").build());
        assertThat(load.work()).isEqualTo(PromptWork.NONE);
        assertThat(load.cost()).isEqualTo(PrefillCost.NONE);
    }

    @Test
    void numbersThatMeanNothingCountAsNotKnown() {
        ModelLoad load = LoadDecoder.decode(Load.newBuilder()
                .setModel("m")
                .setWork(WORK.toBuilder().setQueuedTokens(-1))
                .setCost(COST.toBuilder().setNanosPerPair(Double.NaN))
                .build());
        assertThat(load.work()).isEqualTo(PromptWork.NONE);
        assertThat(load.cost()).isEqualTo(PrefillCost.NONE);
        assertThat(LoadDecoder.decode(Load.newBuilder()
                                .setCost(COST.toBuilder().setTokensPerStep(0))
                                .build())
                        .cost())
                .isEqualTo(PrefillCost.NONE);
    }
}
