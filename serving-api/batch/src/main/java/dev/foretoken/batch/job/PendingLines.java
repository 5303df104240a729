package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.PrefixOrder;
import dev.foretoken.batch.store.Job;
import dev.foretoken.contract.request.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a job that are to be sent, read piece by piece in the order of its file: of each piece those with prompts that begin alike go
 * after each other. For one thread.
 */
final class PendingLines implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PendingLines.class.getName());
    private static final int MOST_LINES = 256;
    private static final int MOST_BYTES = 1 << 20;

    private final Job job;
    private final Supplier<InputStream> file;
    private final int maxLineBytes;
    private final BitSet answered;
    private final Deque<Pending> ready = new ArrayDeque<>();
    private @Nullable RequestLines lines;
    private int unread;
    private boolean ended;

    /** @param answered requests that are passed over when they are come upon */
    PendingLines(Job job, Supplier<InputStream> file, int maxLineBytes, BitSet answered) {
        this.job = job;
        this.file = file;
        this.maxLineBytes = maxLineBytes;
        this.answered = (BitSet) answered.clone();
    }

    /**
     * A request to be sent.
     *
     * @param index its place in the file, from 0
     * @param refusals how often it was answered before, and the answer was not taken
     * @param losses those of them that may be the request's own doing
     */
    record Pending(int index, RequestLine line, int refusals, int losses) {
        /** To be asked for under another id. */
        Pending refused(boolean isLoss) {
            return new Pending(index, line, refusals + 1, losses + (isLoss ? 1 : 0));
        }

        BatchRequest request(Job job) {
            return new BatchRequest(
                    id(job),
                    line.endpoint(),
                    Optional.empty(),
                    line.body(),
                    job.tenant().isEmpty() ? Optional.empty() : Optional.of(job.tenant()),
                    Priority.BATCH,
                    Optional.of(job.order().expires()),
                    Optional.empty());
        }

        /**
         * The same whoever has the job, so that a request is known that was sent before; but for one that was answered and is to be answered again,
         * which has an id that nobody had.
         */
        String id(Job job) {
            String id = firstId(job, index);
            return refusals == 0 ? id : id + "_" + job.lease().attempt() + "." + refusals;
        }

        private static String firstId(Job job, int index) {
            return job.id() + "_" + index;
        }

        /** The place in the file of a request with this id; -1 where it is none of the job's. */
        static int indexOf(Job job, String id) {
            String start = job.id() + "_";
            if (!id.startsWith(start)) {
                return -1;
            }
            int end = id.indexOf('_', start.length());
            String digits = id.substring(start.length(), end < 0 ? id.length() : end);
            return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
        }
    }

    boolean hasNext() throws IOException {
        if (ready.isEmpty() && !ended) {
            fill();
        }
        return !ready.isEmpty();
    }

    /** The place in the file of the one that comes next. */
    int nextIndex() {
        return ready.getFirst().index();
    }

    /** Whether among those that come soon is one whose place is such; the first of them comes next then. After {@link #hasNext}. */
    boolean putFirst(IntPredicate such) {
        Optional<Pending> found =
                ready.stream().filter(line -> such.test(line.index())).findFirst();
        found.ifPresent(line -> {
            ready.remove(line);
            ready.addFirst(line);
        });
        return found.isPresent();
    }

    /** What the request at this place of the file, which is not answered, will be asked for as. */
    String id(int index) {
        return ready.stream()
                .filter(line -> line.index() == index)
                .findFirst()
                .map(line -> line.id(job))
                .orElse(Pending.firstId(job, index));
    }

    Pending take() {
        return ready.removeFirst();
    }

    /** Sent again before all others. */
    void putBack(Pending line) {
        ready.addFirst(line);
    }

    /** After a failure it may be called again: nothing is lost, and nothing comes twice. */
    private void fill() throws IOException {
        boolean filled = false;
        try {
            ready.addAll(PrefixOrder.of(piece(), line -> line.request(job)));
            filled = true;
        } finally {
            if (!filled) {
                close();
                lines = null;
            }
        }
    }

    private List<Pending> piece() throws IOException {
        if (lines == null) {
            lines = new RequestLines(file.get(), maxLineBytes);
        }
        List<Pending> piece = new ArrayList<>();
        boolean last = false;
        int bytes = 0;
        while (!last && piece.size() < MOST_LINES && bytes < MOST_BYTES) {
            byte[] line = lines.next();
            if (line == null) {
                last = true;
            } else if (lines.index() >= unread && !answered.get(lines.index())) {
                piece.add(new Pending(lines.index(), parsed(line), 0, 0));
                bytes += line.length;
            }
        }
        unread = lines.index() + 1;
        ended = last;
        return piece;
    }

    private static RequestLine parsed(byte[] line) {
        try {
            return LineParser.parse(line);
        } catch (FlawedLine e) {
            throw new IllegalStateException("the file was good when it was checked", e);
        }
    }

    @Override
    public void close() {
        try {
            if (lines != null) {
                lines.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a file of requests could not be closed", e);
        }
    }
}
