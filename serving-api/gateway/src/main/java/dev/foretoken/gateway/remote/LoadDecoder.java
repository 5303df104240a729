package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.wire.pod.v1.Load;

/** What a pod says of how busy it is. Numbers that mean nothing, as of a pod of another version, count as not known. */
final class LoadDecoder {

    private LoadDecoder() {}

    static ModelLoad decode(Load load) {
        return new ModelLoad(
                load.getModel(),
                load.getWaiting(),
                load.getRunning(),
                load.getBlockTokens(),
                load.getTotalBlocks(),
                load.getUsedBlocks(),
                work(load.getWork()),
                cost(load.getCost()),
                counters(load));
    }

    private static LoadCounters counters(Load load) {
        return new LoadCounters(
                load.getPromptTokens(),
                load.getGeneratedTokens(),
                load.getPrefixQueriedTokens(),
                load.getPrefixHitTokens(),
                load.getPreemptions(),
                load.getSteps(),
                load.getStepNanos());
    }

    private static PromptWork work(dev.foretoken.wire.pod.v1.PromptWork work) {
        boolean known = work.getQueuedTokens() >= 0
                && work.getRunningTokens() >= 0
                && isAmount(work.getAttendedPairs())
                && isAmount(work.getNanosPerPlace());
        return known
                ? new PromptWork(
                        work.getQueuedTokens(),
                        work.getRunningTokens(),
                        work.getAttendedPairs(),
                        work.getNanosPerPlace())
                : PromptWork.NONE;
    }

    private static PrefillCost cost(dev.foretoken.wire.pod.v1.PrefillCost cost) {
        boolean known = isAmount(cost.getNanosPerToken())
                && isAmount(cost.getNanosPerPair())
                && isAmount(cost.getNanosPerStep())
                && cost.getTokensPerStep() > 0;
        return known
                ? new PrefillCost(
                        cost.getNanosPerToken(),
                        cost.getNanosPerPair(),
                        cost.getNanosPerStep(),
                        cost.getTokensPerStep())
                : PrefillCost.NONE;
    }

    private static boolean isAmount(double value) {
        return value >= 0 && !Double.isInfinite(value);
    }
}
