package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SpeculationConfig;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
public final class EngineOptions {

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_THREADS:-0}",
            description = "Compute threads; 0 = one per usable core, within a container's CPU quota. Default: 0.")
    int threads;

    @Option(
            names = "--cpus",
            paramLabel = "LIST",
            defaultValue = "${env:FORETOKEN_CPUS:-}",
            description = "CPUs to bind the compute threads to, one each, e.g. 0-3,8. Default: not bound.")
    String cpus = "";

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "${env:FORETOKEN_DEVICE:-cpu}",
            description =
                    "What computes: cpu, or cuda:N for the GPU N. GPUs run exported graphs only, in builds with the Maven profile cuda. Default: cpu.")
    String device = "cpu";

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "${env:FORETOKEN_MEMORY:-0}",
            converter = ByteSize.class,
            description = "Memory for weights and caches, e.g. 8g; 0 = a share of what there is.")
    long memory;

    @Option(
            names = "--kernels",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_KERNELS:-auto}",
            description = "auto, native, vector or scalar.")
    String kernels = "auto";

    @Option(
            names = "--precision",
            defaultValue = "${env:FORETOKEN_PRECISION:-FAST}",
            description = "FAST rounds activations to the weights' type, EXACT keeps them in 32 bits.")
    Precision precision = Precision.FAST;

    @Option(
            names = "--weights",
            paramLabel = "ENCODING",
            defaultValue = "${env:FORETOKEN_WEIGHTS:-stored}",
            description = "What unquantized weights become when loaded: ${COMPLETION-CANDIDATES}.")
    Weights weights = Weights.STORED;

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            defaultValue = "${env:FORETOKEN_KV_CACHE_DTYPE:-auto}",
            description =
                    "Element type of the KV cache: ${COMPLETION-CANDIDATES}. int8 takes about half the memory of bf16, a scale per token and head.")
    CacheType cacheType = CacheType.AUTO;

    @Option(
            names = "--max-context",
            paramLabel = "TOKENS",
            defaultValue = "${env:FORETOKEN_MAX_CONTEXT:-0}",
            description = "Upper limit on a model's context; 0 = the model's own.")
    int maxContext;

    @Option(
            names = "--speculate",
            paramLabel = "TOKENS",
            defaultValue = "${env:FORETOKEN_SPECULATE:-0}",
            description =
                    "Most tokens drafted ahead and then verified; 0 = none. Drafts come from what the text repeats, unless --draft-model or --draft-slice is given. Never changes an answer.")
    int speculate;

    @Option(
            names = "--draft-model",
            paramLabel = "[NAME=]PATH",
            split = ",",
            defaultValue = "${env:FORETOKEN_DRAFT_MODEL}",
            description =
                    "A smaller model with the same tokenizer that drafts for the model NAME, or for all; repeatable. Needs --speculate.")
    List<String> draftModels = List.of();

    @Option(
            names = "--draft-slice",
            paramLabel = "SHARE",
            defaultValue = "${env:FORETOKEN_DRAFT_SLICE:-0}",
            description =
                    "Models trained for it (MatFormer) draft with the first SHARE of their feed-forward neurons, e.g. 0.5; 0 = not. Needs --speculate.")
    double draftSlice;

    public EngineSettings settings() {
        requireRange("speculate", speculate, 0, 64);
        return new EngineSettings(
                        threads,
                        CpuList.parse(cpus),
                        memory,
                        0,
                        new RuntimeOptions(cacheType, kernels, precision, maxContext, weights),
                        SchedulerConfig.DEFAULT.withSpeculation(SpeculationConfig.ofTokens(speculate)),
                        new DraftSettings(
                                draftModels.stream().map(DraftMount::parse).toList(), draftSlice))
                .on(DeviceChoice.parse(device));
    }
}
