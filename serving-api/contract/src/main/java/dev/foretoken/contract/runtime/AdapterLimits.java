package dev.foretoken.contract.runtime;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What LoRA adapters of one variant may take.
 *
 * @param count loaded at a time; 0 = the variant takes none
 * @param rank largest rank of any of their matrices
 * @param bytes of all together
 */
public record AdapterLimits(int count, int rank, long bytes) {

    public static final AdapterLimits NONE = new AdapterLimits(0, 1, 0);

    public AdapterLimits {
        requireRange("max-adapters", count, 0, 256);
        requireRange("max-adapter-rank", rank, 1, 512);
        requireRange("adapter-bytes", bytes, 0, 1L << 40);
    }

    public boolean any() {
        return count > 0;
    }
}
