package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.ResidencyConfig;
import dev.foretoken.scheduler.tensor.TensorConfig;

/**
 * How models are computed here.
 *
 * @param threads compute threads; 0 = one per usable core, or per CPU of {@code cpus}, never more than a container's quota gives
 * @param cpus what compute threads are bound to, one each
 * @param memoryBytes budget of weights and caches together; 0 = a share of what the machine or container has
 * @param cacheBytes cache of each model; 0 = what its running sequences need, within the budget
 * @param runtime of every model, apart from what drafts for it: see {@link #runtime(ModelMount, ModelLocation)}
 * @param turns how models take turns in memory
 * @param processor what computes
 * @param tensors how requests of graphs are joined and queued
 */
public record EngineSettings(
        int threads,
        CpuList cpus,
        long memoryBytes,
        long cacheBytes,
        RuntimeOptions runtime,
        SchedulerConfig scheduling,
        DraftSettings drafts,
        ResidencyConfig turns,
        DeviceChoice processor,
        TensorConfig tensors) {

    public static final EngineSettings DEFAULT = new EngineSettings(
            0, CpuList.ANY, 0, 0, RuntimeOptions.DEFAULT, SchedulerConfig.DEFAULT, DraftSettings.TEXT);

    /** On the CPU, with the usual turns and joins. */
    public EngineSettings(
            int threads,
            CpuList cpus,
            long memoryBytes,
            long cacheBytes,
            RuntimeOptions runtime,
            SchedulerConfig scheduling,
            DraftSettings drafts) {
        this(
                threads,
                cpus,
                memoryBytes,
                cacheBytes,
                runtime,
                scheduling,
                drafts,
                ResidencyConfig.DEFAULT,
                DeviceChoice.CPU,
                TensorConfig.DEFAULT);
    }

    public EngineSettings {
        requireRange("threads", threads, 0, 256);
        require(
                cpus.isAny() || threads <= cpus.size(),
                "threads",
                threads,
                "at most " + cpus.size() + ", the number of CPUs in cpus=" + cpus);
        require(
                !drafts.useNetworks() || scheduling.speculation().maxDraftTokens() > 0,
                "speculate",
                0,
                "at least 1 when draft-model or draft-slice is given");
        requireRange("memory", memoryBytes, 0, 1L << 50);
        requireRange("cache-bytes", cacheBytes, 0, 1L << 50);
    }

    public EngineSettings withThreads(int count) {
        return new EngineSettings(
                count, cpus, memoryBytes, cacheBytes, runtime, scheduling, drafts, turns, processor, tensors);
    }

    /** Speculation stays as it is. */
    EngineSettings scheduled(long cache, SchedulerConfig how) {
        return new EngineSettings(
                threads,
                cpus,
                memoryBytes,
                cache,
                runtime,
                how.withSpeculation(scheduling.speculation()),
                drafts,
                turns,
                processor,
                tensors);
    }

    /** With room for adapters in every model. */
    EngineSettings adapted(AdapterLimits limits) {
        return new EngineSettings(
                threads,
                cpus,
                memoryBytes,
                cacheBytes,
                runtime.withAdapters(limits),
                scheduling,
                drafts,
                turns,
                processor,
                tensors);
    }

    EngineSettings taking(ResidencyConfig how) {
        return new EngineSettings(
                threads, cpus, memoryBytes, cacheBytes, runtime, scheduling, drafts, how, processor, tensors);
    }

    EngineSettings on(DeviceChoice what) {
        return new EngineSettings(
                threads, cpus, memoryBytes, cacheBytes, runtime, scheduling, drafts, turns, what, tensors);
    }

    EngineSettings joining(TensorConfig how) {
        return new EngineSettings(
                threads, cpus, memoryBytes, cacheBytes, runtime, scheduling, drafts, turns, processor, how);
    }

    /** How one model is opened. */
    public RuntimeOptions runtime(ModelMount model, ModelLocation locations) {
        return runtime.withDraft(drafts.of(model, locations));
    }

    public DeviceSpec device() {
        return processor.with(threads, cpus);
    }
}
