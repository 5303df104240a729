package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.scheduler.loop.PrefixJournal.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Follows a loop's journal from a snapshot on, and takes another one when it was too slow. It waits for nobody, and nobody for it. */
final class PrefixReader implements PrefixFeed {

    private final PrefixShape shape;
    private final PrefixJournal journal;
    /** Asks the loop for everything held; fails when the loop has too much to do. */
    private final Supplier<CompletableFuture<Snapshot>> snapshots;

    private final BooleanSupplier ended;
    /** What of the snapshot is still to be told. */
    private final Queue<PrefixChange> rest = new ArrayDeque<>();

    private @Nullable CompletableFuture<Snapshot> asked;
    private boolean placed;
    private long position;

    PrefixReader(
            PrefixShape shape,
            PrefixJournal journal,
            Supplier<CompletableFuture<Snapshot>> snapshots,
            BooleanSupplier ended) {
        this.shape = shape;
        this.journal = journal;
        this.snapshots = snapshots;
        this.ended = ended;
    }

    @Override
    public PrefixShape shape() {
        return shape;
    }

    @Override
    public boolean ended() {
        return ended.getAsBoolean();
    }

    @Override
    public List<PrefixChange> next(int most) {
        if (rest.isEmpty() && (!placed || isOverwritten())) {
            begin();
        }
        List<PrefixChange> changes = new ArrayList<>();
        while (!rest.isEmpty() && changes.size() < most) {
            changes.add(rest.remove());
        }
        while (placed && rest.isEmpty() && changes.size() < most) {
            PrefixChange change = journal.read(position);
            if (change == null) {
                break;
            }
            changes.add(change);
            position++;
        }
        return changes;
    }

    private boolean isOverwritten() {
        return position < journal.next() && journal.read(position) == null;
    }

    /** Asks for a snapshot, or goes on from the one that was asked for. */
    private void begin() {
        placed = false;
        if (asked == null) {
            asked = snapshots.get();
        } else if (asked.isDone()) {
            CompletableFuture<Snapshot> answer = asked;
            asked = null;
            if (!answer.isCompletedExceptionally()) {
                take(answer.join());
            }
        }
    }

    /** Beginnings first, so that a receiver that has not room for all keeps what can be used. */
    private void take(Snapshot snapshot) {
        rest.add(new PrefixChange.Cleared());
        snapshot.held().stream()
                .sorted(Comparator.comparingInt(PrefixChange.Stored::index))
                .forEach(rest::add);
        position = snapshot.next();
        placed = true;
    }
}
