package dev.foretoken.pod;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.wire.pod.v1.Adapter;
import dev.foretoken.wire.pod.v1.Load;
import dev.foretoken.wire.pod.v1.Model;
import dev.foretoken.wire.pod.v1.PodState;
import dev.foretoken.wire.stream.ReadyStream;

/** Reports models and load until the gateway leaves. Runs on a virtual thread of its own. */
final class StateWatch implements Runnable {

    private static final long MIN_INTERVAL_MILLIS = 20;
    private static final long MAX_INTERVAL_MILLIS = 60_000;

    private final Engine engine;
    private final int httpPort;
    private final ReadyStream<PodState> states;
    private final long intervalMillis;

    StateWatch(Engine engine, int httpPort, ReadyStream<PodState> states, long intervalMillis) {
        this.engine = engine;
        this.httpPort = httpPort;
        this.states = states;
        this.intervalMillis = Math.clamp(intervalMillis, MIN_INTERVAL_MILLIS, MAX_INTERVAL_MILLIS);
    }

    @Override
    public void run() {
        try {
            boolean open = true;
            while (open) {
                open = states.send(state()) && !states.awaitCancelled(intervalMillis);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private PodState state() {
        LoadReport report = engine.report();
        PodState.Builder state = PodState.newBuilder()
                .setMemoryBudgetBytes(report.memoryBudgetBytes())
                .setMemoryUsedBytes(report.memoryUsedBytes())
                .setDraining(report.draining())
                .setHttpPort(httpPort);
        engine.models().forEach(model -> state.addModels(encode(model)));
        report.models().forEach(load -> state.addLoads(encode(load)));
        return state.build();
    }

    private static Model encode(ModelInfo model) {
        return Model.newBuilder()
                .setName(model.name())
                .setState(model.state().ordinal())
                .setVocabularySize(model.vocabularySize())
                .setContextTokens(model.contextTokens())
                .setRuntime(model.runtime())
                .setNumericsId(model.numericsId())
                .setLoadedAtMillis(model.loadedAt().toEpochMilli())
                .setWeights(model.heldAs().weights())
                .setWeightBytes(model.heldAs().weightBytes())
                .setKvCache(model.heldAs().kvCache())
                .setProgress(model.progress())
                .addAllPrefillModes(
                        model.prefillModes().stream().map(PrefillMode::ordinal).toList())
                .addAllTasks(
                        model.tasks().stream().map(ModelTask::ordinal).sorted().toList())
                .addAllAdapters(
                        model.adapters().stream().map(StateWatch::encode).toList())
                .build();
    }

    private static Adapter encode(AdapterInfo adapter) {
        return Adapter.newBuilder()
                .setName(adapter.name())
                .setRank(adapter.rank())
                .setBytes(adapter.bytes())
                .setLoadedAtMillis(adapter.loadedAt().toEpochMilli())
                .build();
    }

    private static Load encode(ModelLoad load) {
        PromptWork work = load.work();
        Load.Builder encoded = Load.newBuilder()
                .setWork(dev.foretoken.wire.pod.v1.PromptWork.newBuilder()
                        .setQueuedTokens(work.queuedTokens())
                        .setRunningTokens(work.runningTokens())
                        .setAttendedPairs(work.attendedPairs())
                        .setNanosPerPlace(work.nanosPerPlace()))
                .setModel(load.model())
                .setWaiting(load.waiting())
                .setRunning(load.running())
                .setBlockTokens(load.blockTokens())
                .setTotalBlocks(load.totalBlocks())
                .setUsedBlocks(load.usedBlocks())
                .setPromptTokens(load.counters().promptTokens())
                .setGeneratedTokens(load.counters().generatedTokens())
                .setPrefixQueriedTokens(load.counters().prefixQueriedTokens())
                .setPrefixHitTokens(load.counters().prefixHitTokens())
                .setPreemptions(load.counters().preemptions())
                .setSteps(load.counters().steps())
                .setStepNanos(load.counters().stepNanos());
        if (load.cost().isMeasured()) {
            encoded.setCost(encode(load.cost()));
        }
        return encoded.build();
    }

    private static dev.foretoken.wire.pod.v1.PrefillCost encode(PrefillCost cost) {
        return dev.foretoken.wire.pod.v1.PrefillCost.newBuilder()
                .setNanosPerToken(cost.nanosPerToken())
                .setNanosPerPair(cost.nanosPerPair())
                .setNanosPerStep(cost.nanosPerStep())
                .setTokensPerStep(cost.tokensPerStep())
                .build();
    }
}
