package dev.foretoken.batch.store;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which requests of a job are answered, and where the answers lie: of several answers to one request the first counts. For one thread. */
public final class AnsweredLines {

    private static final int CHECKSUM = 9;
    private static final int BUFFER = 1 << 16;
    /** Longer than any that is written: where line ends are lost, it is damage. */
    private static final int MOST_RECORD = 1 << 28;

    private final List<Path> journals;
    private final BitSet answered = new BitSet();
    private final BitSet failed = new BitSet();
    private final int[] journal;
    private final long[] offset;
    private final int[] length;
    private final int[] deaths;
    private final BitSet running = new BitSet();

    private AnsweredLines(List<Path> journals, int total) {
        this.journals = journals;
        this.journal = new int[total];
        this.offset = new long[total];
        this.length = new int[total];
        this.deaths = new int[total];
    }

    /**
     * Reads the journals of a job.
     *
     * @param total requests of the job
     */
    static AnsweredLines read(List<Path> journals, int total) {
        AnsweredLines lines = new AnsweredLines(journals, total);
        try {
            for (int i = 0; i < journals.size(); i++) {
                lines.read(i);
                lines.running.stream().forEach(request -> lines.deaths[request]++);
                lines.running.clear();
            }
            return lines;
        } catch (IOException e) {
            throw StoreErrors.of("reading the journals of a batch", e);
        }
    }

    private void read(int index) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(journals.get(index)), BUFFER)) {
            long start = 0;
            long position = 0;
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                position++;
                if (next == '\n') {
                    note(index, start, line.toByteArray());
                    start = position;
                    line.reset();
                } else if (line.size() < MOST_RECORD) {
                    line.write(next);
                }
            }
        }
    }

    /** Takes note of a record that is whole; of any other nothing. */
    private void note(int index, long start, byte[] record) {
        String head = new String(record, 0, Math.min(record.length, CHECKSUM + 14), StandardCharsets.ISO_8859_1);
        int first = head.indexOf(' ', CHECKSUM);
        if (first < 0 || head.length() < first + 3) {
            return;
        }
        byte[] names = head.substring(CHECKSUM, first + 3).getBytes(StandardCharsets.ISO_8859_1);
        int begin = first + 3;
        byte[] json = Arrays.copyOfRange(record, begin, record.length);
        if (!head.startsWith(Journal.checksum(names, json))) {
            return;
        }
        int request = Integer.parseInt(head.substring(CHECKSUM, first));
        if (request >= journal.length) {
            return;
        }
        char kind = head.charAt(first + 1);
        switch (kind) {
            case Journal.BEGUN -> running.set(request);
            case Journal.STOPPED -> running.clear(request);
            case Journal.ENDED -> running.clear();
            default -> {
                running.clear(request);
                answered(request, kind == Journal.FAILED, index, start + begin, json.length);
            }
        }
    }

    private void answered(int request, boolean isError, int index, long start, int bytes) {
        if (!answered.get(request)) {
            answered.set(request);
            failed.set(request, isError);
            journal[request] = index;
            offset[request] = start;
            length[request] = bytes;
        }
    }

    /** Of each request in how many attempts it ran when the process ended, without a word; a copy. */
    public int[] deaths() {
        return deaths.clone();
    }

    /** The answered requests; a copy. */
    public BitSet answered() {
        return (BitSet) answered.clone();
    }

    public boolean has(int request) {
        return answered.get(request);
    }

    /** Whether the answer is an error. */
    public boolean isFailed(int request) {
        return failed.get(request);
    }

    public Job.Counts counts() {
        int errors = failed.cardinality();
        return new Job.Counts(journal.length, answered.cardinality() - errors, errors);
    }

    /** Copies answers out of the journals. */
    public Copier copier() {
        return new Copier();
    }

    /** Holds the journals open. */
    public final class Copier implements AutoCloseable {
        private final RandomAccessFile[] files = new RandomAccessFile[journals.size()];

        private Copier() {
            try {
                for (int i = 0; i < files.length; i++) {
                    files[i] = new RandomAccessFile(journals.get(i).toFile(), "r");
                }
            } catch (IOException e) {
                close();
                throw StoreErrors.of("reading the journals of a batch", e);
            }
        }

        /** Writes the answer of a request that has one, and a line end; returns what it wrote before that. */
        public byte[] copy(int request, OutputStream out) throws IOException {
            byte[] json = new byte[length[request]];
            RandomAccessFile file = files[journal[request]];
            file.seek(offset[request]);
            file.readFully(json);
            out.write(json);
            out.write('\n');
            return json;
        }

        @Override
        public void close() {
            for (RandomAccessFile file : files) {
                close(file);
            }
        }

        private static void close(@Nullable RandomAccessFile file) {
            try {
                if (file != null) {
                    file.close();
                }
            } catch (IOException e) {
                throw StoreErrors.of("closing a journal", e);
            }
        }
    }
}
