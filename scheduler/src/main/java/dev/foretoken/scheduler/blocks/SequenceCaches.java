package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.runtime.CacheCommand;
import java.util.List;

/** Everything one sequence holds of every pool. */
public final class SequenceCaches {

    private final CachePools pools;
    private final UnitTable[] tables;
    /** What the base part's states will be made from when they get their slots. */
    private int checkpoint = CheckpointPool.NONE;

    public SequenceCaches(CachePools pools) {
        this.pools = pools;
        this.tables = new UnitTable[pools.size()];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = new UnitTable();
        }
    }

    public UnitTable table(int pool) {
        return tables[pool];
    }

    /** Units held of a pool. */
    public int held(int pool) {
        return tables[pool].held();
    }

    /** The checkpoint that waits to be restored, or {@link CheckpointPool#NONE}. */
    public int checkpoint() {
        return checkpoint;
    }

    /** The slots of the base part, not yet taken, shall start as copies of {@code number} instead of empty. */
    public void restoreFrom(int number) {
        pools.checkpoints().retain(number);
        checkpoint = number;
    }

    private void releaseCheckpoint() {
        if (checkpoint != CheckpointPool.NONE) {
            pools.checkpoints().release(checkpoint);
            checkpoint = CheckpointPool.NONE;
        }
    }

    public boolean isEmpty() {
        if (checkpoint != CheckpointPool.NONE) {
            return false;
        }
        for (UnitTable table : tables) {
            if (table.held() > 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes what a part's computation of positions [start, end) writes: new blocks behind the table's end, a slot, and a copy of the first
     * written block when others may read it. False when a pool has not enough; what was taken stays and the call can be repeated.
     */
    public boolean cover(int part, int start, int end, List<CacheCommand> commands) {
        for (int i = pools.first(part); i < pools.end(part); i++) {
            if (!cover(pools.get(i), tables[i], start, end, commands)) {
                return false;
            }
        }
        if (part == CachePools.BASE) {
            releaseCheckpoint();
        }
        return true;
    }

    private boolean cover(KindPool kind, UnitTable table, int start, int end, List<CacheCommand> commands) {
        BlockPool pool = kind.pool();
        if (kind.paged() && !ownFirstWritten(kind, table, start, commands)) {
            return false;
        }
        if (table.held() == 0) {
            table.skipTo(Math.max(table.length(), kind.firstBlock(start)));
        }
        while (table.length() < kind.entriesFor(end)) {
            if (pool.available() == 0) {
                return false;
            }
            int unit = pool.allocate();
            table.append(unit);
            if (!kind.paged()) {
                commands.add(startSlot(kind, unit));
            }
        }
        return true;
    }

    private CacheCommand startSlot(KindPool kind, int slot) {
        return checkpoint == CheckpointPool.NONE || kind.part() != CachePools.BASE
                ? new CacheCommand.ResetSlot(kind.part(), kind.kind(), slot)
                : new CacheCommand.RestoreState(kind.part(), kind.kind(), checkpoint, slot);
    }

    /** Copy-on-write: the block that holds {@code start} and tokens before it must be read by nobody else. */
    private static boolean ownFirstWritten(KindPool kind, UnitTable table, int start, List<CacheCommand> commands) {
        BlockPool pool = kind.pool();
        int index = start / kind.spec().blockTokens();
        if (index >= table.length() || index < table.first()) {
            return true;
        }
        int shared = table.get(index);
        if (pool.references(shared) == 1 && !pool.isKept(shared)) {
            return true;
        }
        if (pool.available() == 0) {
            return false;
        }
        int own = pool.allocate();
        commands.add(new CacheCommand.CopyBlock(kind.part(), kind.kind(), shared, own));
        table.set(index, own);
        pool.release(shared);
        return true;
    }

    /** Lets go of a part's blocks that hold no position before {@code end}. */
    public void truncate(int part, int end) {
        for (int i = pools.first(part); i < pools.end(part); i++) {
            tables[i].truncate(pools.get(i).entriesFor(end), pools.get(i).pool());
        }
    }

    /** Lets go of a part's blocks that no position from {@code next} on reads. */
    public void releaseBehindWindows(int part, int next) {
        for (int i = pools.first(part); i < pools.end(part); i++) {
            if (pools.get(i).windowed()) {
                tables[i].releaseBefore(
                        pools.get(i).firstBlock(next), pools.get(i).pool());
            }
        }
    }

    /** Whether anything is held of a part. */
    public boolean holds(int part) {
        for (int i = pools.first(part); i < pools.end(part); i++) {
            if (tables[i].held() > 0) {
                return true;
            }
        }
        return false;
    }

    /** Takes over all that {@code other} holds of a part, for what is held here. */
    public void replace(int part, SequenceCaches other) {
        release(part);
        for (int i = pools.first(part); i < pools.end(part); i++) {
            UnitTable own = tables[i];
            tables[i] = other.tables[i];
            other.tables[i] = own;
        }
    }

    /** Lets go of all that is held in a part. */
    public void release(int part) {
        for (int i = pools.first(part); i < pools.end(part); i++) {
            tables[i].releaseAll(pools.get(i).pool());
        }
    }

    public void releaseAll() {
        releaseCheckpoint();
        for (int i = 0; i < tables.length; i++) {
            tables[i].releaseAll(pools.get(i).pool());
        }
    }

    /** Whether every block is held that the computation of positions from {@code next} on reads. */
    public boolean reachBackTo(int next) {
        for (int i = 0; i < pools.basePools(); i++) {
            if (tables[i].first() > pools.get(i).firstBlock(next)) {
                return false;
            }
        }
        return true;
    }

    /** Becomes a second owner of the blocks that {@code other} holds for the computation of positions from {@code next} on. */
    public void share(SequenceCaches other, int next) {
        for (int i = 0; i < pools.basePools(); i++) {
            KindPool kind = pools.get(i);
            int first = kind.firstBlock(next);
            tables[i].skipTo(first);
            for (int block = first; kind.paged() && block < kind.entriesFor(next); block++) {
                adopt(i, other.tables[i].get(block));
            }
        }
    }

    /** Leaves out the entries below {@code first} of a pool: nothing that will be computed reads them. */
    public void skipTo(int pool, int first) {
        tables[pool].skipTo(first);
    }

    /** Appends a unit that another owner or the prefix cache holds. */
    public void adopt(int pool, int unit) {
        pools.get(pool).pool().retain(unit);
        tables[pool].append(unit);
    }
}
