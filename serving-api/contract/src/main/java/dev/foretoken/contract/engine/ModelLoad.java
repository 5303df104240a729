package dev.foretoken.contract.engine;

/**
 * How busy one variant is: a snapshot for metrics, routing and admission.
 *
 * @param waiting sequences admitted and not yet running
 * @param running sequences in the running set
 * @param blockTokens tokens per KV block of the base part
 * @param totalBlocks KV blocks of the base part's first paged kind
 * @param usedBlocks blocks owned by sequences; cached blocks that can be evicted are not counted
 * @param work what is to be done before a new prompt is next
 * @param cost what computing prompts costs now
 * @param counters what was counted since the variant was loaded
 */
public record ModelLoad(
        String model,
        int waiting,
        int running,
        int blockTokens,
        int totalBlocks,
        int usedBlocks,
        PromptWork work,
        PrefillCost cost,
        LoadCounters counters) {

    /** Of one whose work and costs are not known. */
    public ModelLoad(
            String model,
            int waiting,
            int running,
            int blockTokens,
            int totalBlocks,
            int usedBlocks,
            LoadCounters counters) {
        this(
                model,
                waiting,
                running,
                blockTokens,
                totalBlocks,
                usedBlocks,
                PromptWork.NONE,
                PrefillCost.NONE,
                counters);
    }

    /** Share of blocks in use, 0 to 1. */
    public double cacheUsage() {
        return totalBlocks == 0 ? 0 : (double) usedBlocks / totalBlocks;
    }
}
