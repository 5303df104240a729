package dev.foretoken.batch.offset;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How far one partition is answered. Records are taken in the order of their offsets and completed in any; what is committed is the lowest offset
 * that is not complete, and the metadata of that commit holds what is complete beyond it.
 *
 * <p>Offsets without a record (markers of transactions, records that compaction took away) are complete by being passed over. Memory is bounded by
 * the records under way and by the metadata this was restored from: it holds runs, not offsets.
 */
public final class CompletedOffsets {

    /** Runs of complete offsets by their first, each with its end; all lie beyond {@link #committed}, and no two touch. */
    private final TreeMap<Long, Long> runs = new TreeMap<>();

    /** Lowest offset that is not complete. */
    private long committed;

    /** First offset that was not taken. */
    private long position;

    /** Records taken and not completed. */
    private int open;

    /**
     * Nothing is complete beyond {@code first}.
     *
     * @param first the offset that is committed: where reading begins
     */
    public CompletedOffsets(long first) {
        if (first < 0) {
            throw new IllegalArgumentException("offset " + first + " is below 0");
        }
        this.committed = first;
        this.position = first;
    }

    CompletedOffsets(long first, List<OffsetRun> beyond) {
        this(first);
        beyond.forEach(run -> runs.put(run.first(), run.end()));
    }

    /**
     * Reads what {@link #metadata} wrote. What cannot be read, or does not belong to this offset or this log, is as if nothing were complete beyond:
     * records may be answered again then, and none is lost.
     *
     * @param committed the offset that the metadata was committed with
     * @param metadata of the commit; empty = nothing is complete beyond
     * @param logEnd first offset that the partition does not have yet
     * @param maxBytes longest metadata that may be committed
     */
    public static RestoredOffsets decode(long committed, String metadata, long logEnd, int maxBytes) {
        return OffsetMetadata.decode(committed, metadata, logEnd, maxBytes);
    }

    /**
     * Takes the record at this offset, the next one that was read. Offsets passed over hold no record.
     *
     * @return whether it is to be answered; false = it was, before a restart
     */
    public boolean take(long offset) {
        if (offset < position) {
            throw new IllegalArgumentException("offset " + offset + " was passed: the next is " + position);
        }
        pass(offset);
        position = offset + 1;
        if (isComplete(offset)) {
            return false;
        }
        open++;
        return true;
    }

    /**
     * Says that there is no record between those taken and this offset, as the consumer's own position does behind the last record of a poll.
     *
     * @param next where the consumer reads on; one that lies behind what was taken says nothing new
     */
    public void pass(long next) {
        if (next > position) {
            add(position, next);
            position = next;
        }
    }

    /** The record at this offset, which was taken, needs nothing more. */
    public void complete(long offset) {
        if (offset >= position || isComplete(offset)) {
            throw new IllegalArgumentException("offset " + offset + " is not under way");
        }
        open--;
        add(offset, offset + 1);
    }

    private boolean isComplete(long offset) {
        Map.Entry<Long, Long> run = runs.floorEntry(offset);
        return offset < committed || (run != null && offset < run.getValue());
    }

    private void add(long first, long end) {
        long from = first;
        long to = end;
        Map.Entry<Long, Long> run = runs.floorEntry(to);
        while (run != null && run.getValue() >= from) {
            from = Math.min(from, run.getKey());
            to = Math.max(to, run.getValue());
            runs.remove(run.getKey());
            run = runs.floorEntry(to);
        }
        if (from <= committed) {
            committed = Math.max(committed, to);
        } else {
            runs.put(from, to);
        }
    }

    /** Lowest offset that is not complete: what to commit, and where reading begins after a restart. */
    public long committed() {
        return committed;
    }

    /** Records taken and not completed. */
    public int open() {
        return open;
    }

    /** How many offsets are complete beyond {@link #committed}. */
    public long beyond() {
        return runs.entrySet().stream()
                .mapToLong(run -> run.getValue() - run.getKey())
                .sum();
    }

    /** What is complete beyond {@link #committed}, for the metadata of that commit; empty = nothing is. */
    public String metadata() {
        return OffsetMetadata.encode(committed, runs());
    }

    private List<OffsetRun> runs() {
        return runs.entrySet().stream()
                .map(run -> new OffsetRun(run.getKey(), run.getValue()))
                .collect(Collectors.toUnmodifiableList());
    }

    /**
     * Whether the metadata stays within so many bytes, in whatever order records are completed, with one more record under way. If not, the record
     * must wait until others are complete. Where none is under way there is room: what was restored was committed like this before, and gets no
     * longer.
     *
     * @param maxBytes longest metadata that may be committed
     * @param next offset of the record that would be taken
     */
    public boolean fits(int maxBytes, long next) {
        return open == 0 || worstLength(open + 1, Math.max(position, next + 1)) <= maxBytes;
    }

    /** Each run beyond the committed offset follows an offset that is not complete: of a record under way, or of one that is not taken yet. */
    private long worstLength(int underWay, long taken) {
        long ahead = runs.tailMap(taken, false).size();
        long end = runs.isEmpty() ? taken : Math.max(taken, runs.lastEntry().getValue());
        return OffsetMetadata.worstLength(underWay + ahead, end - committed);
    }
}
