package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for one variant to be loaded, and how its loads fared. What it tells may be read by any thread; it is changed by {@link Residency}
 * alone, under its lock.
 */
final class LoadLine {

    private final List<LoadWaiter> waiting = new ArrayList<>();
    private final List<CompletableFuture<ModelInfo>> callers = new ArrayList<>();
    private Set<String> beside = Set.of();
    private long since;
    private long loadedAt;
    private long releasedAt;
    private int failures;
    private long retryAt;
    private boolean kept;
    private boolean withdrawn;
    private ModelNeed need = ModelNeed.UNKNOWN;
    private volatile int sequences;
    private volatile boolean loading;
    private volatile @Nullable ForetokenException failure;

    /** Of a variant that is not loaded. */
    ModelState state() {
        return loading ? ModelState.LOADING : failure == null ? ModelState.AVAILABLE : ModelState.FAILED;
    }

    /** Sequences that wait. */
    int sequences() {
        return sequences;
    }

    boolean isWanted() {
        return !waiting.isEmpty() || !callers.isEmpty();
    }

    void add(LoadWaiter waiter, long now) {
        since = isWanted() ? since : now;
        waiting.add(waiter);
        sequences += waiter.sequences();
    }

    void remove(LoadWaiter waiter) {
        if (waiting.remove(waiter)) {
            sequences -= waiter.sequences();
        }
    }

    /** A caller that may not have others unloaded makes the variant wait beside them. */
    void add(CompletableFuture<ModelInfo> caller, Set<String> others, long now) {
        since = isWanted() ? since : now;
        callers.add(caller);
        beside = others;
        releasedAt = 0;
    }

    /** All requests that wait; they do not any more. */
    List<LoadWaiter> takeWaiting() {
        List<LoadWaiter> taken = List.copyOf(waiting);
        waiting.clear();
        sequences = 0;
        return taken;
    }

    /** All callers that wait; they do not any more. */
    List<CompletableFuture<ModelInfo>> takeCallers() {
        List<CompletableFuture<ModelInfo>> taken = List.copyOf(callers);
        callers.clear();
        beside = Set.of();
        return taken;
    }

    Set<String> beside() {
        return beside;
    }

    /** When the oldest of those that wait came. */
    long since() {
        return since;
    }

    void begin() {
        loading = true;
    }

    boolean isLoading() {
        return loading;
    }

    void succeeded(long now) {
        loading = false;
        failure = null;
        failures = 0;
        loadedAt = now;
        releasedAt = 0;
    }

    void failed(ForetokenException why, long now, ResidencyConfig config) {
        loading = false;
        failure = why;
        failures++;
        retryAt = now + config.backOff(failures).toNanos();
    }

    /** What the last load failed with, while it is too early for another. */
    @Nullable
    ForetokenException failure(long now) {
        if (failure != null && now - retryAt >= 0) {
            failure = null;
        }
        return failure;
    }

    long retryAt() {
        return retryAt;
    }

    long loadedAt() {
        return loadedAt;
    }

    void release(long now) {
        releasedAt = Math.max(1, now);
    }

    /** Whether nobody has asked for it since it was released. */
    boolean isReleased(long lastUse) {
        return releasedAt != 0 && lastUse - releasedAt <= 0;
    }

    void keep(boolean value) {
        kept = value;
    }

    boolean isKept() {
        return kept;
    }

    void withdraw() {
        withdrawn = true;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    void need(ModelNeed value) {
        need = value;
    }

    ModelNeed need() {
        return need;
    }
}
