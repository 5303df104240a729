package dev.foretoken.contract.runtime;

/** Told how far a load has come, often; must return fast. */
@FunctionalInterface
public interface LoadProgress {
    LoadProgress SILENT = (stage, done, total) -> {};

    /** {@code stage}: a short verb phrase such as "packing weights"; {@code done} of {@code total} bytes. */
    void update(String stage, long done, long total);
}
