package dev.foretoken.bench.engine;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SpeculationConfig;
import dev.foretoken.scheduler.draft.DraftSource;
import dev.foretoken.scheduler.draft.PromptLookup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how the engine computes; each has the default of a server. */
public final class RuntimeChoice {
    @Mixin
    private ComputeChoice compute = new ComputeChoice();

    @Option(
            names = "--precision",
            defaultValue = "FAST",
            description = "Of matrix products: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RuntimeOptions.Precision precision = RuntimeOptions.Precision.FAST;

    @Option(
            names = "--weights",
            paramLabel = "ENCODING",
            defaultValue = "stored",
            description = "What unquantized weights become: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RuntimeOptions.Weights weights = RuntimeOptions.Weights.STORED;

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            defaultValue = "auto",
            description = "Of K and V: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private RuntimeOptions.CacheType cacheType = RuntimeOptions.CacheType.AUTO;

    @Option(names = "--step-tokens", paramLabel = "N", description = "Most tokens of one step.")
    private @Nullable Integer stepTokens;

    @Option(
            names = "--prompt-tokens-beside-decode",
            paramLabel = "N",
            description = "Most prompt tokens in a step that also decodes.")
    private @Nullable Integer promptTokensBesideDecode;

    @Option(
            names = "--speculate",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Most tokens drafted ahead of a sequence and then verified; 0 = none (default: ${DEFAULT-VALUE}).")
    private int speculate;

    @Option(
            names = "--draft-acceptance",
            paramLabel = "P",
            description =
                    "Drafts come from a rehearsal of each run, every token right with this chance, instead of from the text.")
    private @Nullable Double draftAcceptance;

    @Option(
            names = "--draft-model",
            paramLabel = "LOCATION",
            description = "Drafts come from this smaller model, given as --model, instead of from the text.")
    private @Nullable String draftModel;

    @Option(
            names = "--draft-slice",
            paramLabel = "SHARE",
            description =
                    "Drafts come from this share of the model's own feed-forward neurons, instead of from the text.")
    private @Nullable Double draftSlice;

    /** Whether runs are rehearsed so that drafts can be right as often as asked for. */
    boolean rehearses() {
        return draftAcceptance != null;
    }

    /** Whether tokens are drafted ahead, and from what was asked for them. */
    public boolean speculates() {
        return speculate > 0 || rehearses() || draftModel != null || draftSlice != null;
    }

    DraftSource drafts() {
        return draftAcceptance == null ? new PromptLookup() : new RehearsedDrafts(draftAcceptance);
    }

    public DeviceSpec device() {
        return DeviceSpec.cpu(compute.threads());
    }

    public RuntimeOptions options() {
        return new RuntimeOptions(cacheType, compute.kernels(), precision, 0, weights).withDraft(draft());
    }

    private DraftNetwork draft() {
        if (draftModel == null && draftSlice == null) {
            return DraftNetwork.NONE;
        }
        boolean several = draftModel != null && draftSlice != null || rehearses();
        if (several || speculate == 0) {
            throw new IllegalArgumentException(
                    several
                            ? "drafts come from one of --draft-model, --draft-slice and --draft-acceptance; give one"
                            : "--draft-model and --draft-slice draft as many tokens as --speculate says; give it too");
        }
        return draftModel != null
                ? new DraftNetwork.Model(LocalEngine.source(draftModel))
                : new DraftNetwork.Slice(draftSlice);
    }

    /** With room for adapters. */
    RuntimeOptions options(AdapterLimits adapters) {
        return options().withAdapters(adapters);
    }

    /** Room for {@code batch} sequences at once, otherwise as a server would. */
    public SchedulerConfig scheduling(int batch) {
        SchedulerConfig usual = SchedulerConfig.DEFAULT;
        int running = Math.max(usual.maxRunningSequences(), batch);
        return new SchedulerConfig(
                        running,
                        stepTokens == null ? Math.max(usual.maxTokensPerStep(), running) : stepTokens,
                        promptTokensBesideDecode == null ? usual.promptTokensBesideDecode() : promptTokensBesideDecode,
                        Math.max(usual.maxQueuedSequences(), batch),
                        usual.prefixCache() && !rehearses(),
                        usual.maxFailedSteps())
                .withSpeculation(SpeculationConfig.ofTokens(speculate));
    }
}
