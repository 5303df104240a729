package dev.foretoken.batch.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The answered requests of a job, as one attempt wrote them: a line for each, {@code CHECKSUM REQUEST KIND JSON}, and lines without JSON for what
 * runs. What is written here
 * outlives the process; what the disk has lost, or has half of, shows by its checksum and is answered again.
 */
public final class Journal implements AutoCloseable {

    static final char GOOD = 'o';
    static final char FAILED = 'e';
    static final char BEGUN = 'b';
    static final char STOPPED = 's';
    static final char ENDED = 'x';

    private static final byte[] END = {'\n'};
    private static final byte[] NOTHING = {};

    private final FileChannel channel;

    private Journal(FileChannel channel) {
        this.channel = channel;
    }

    static Journal open(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.position(channel.size());
            return new Journal(channel);
        } catch (IOException e) {
            throw StoreErrors.of("opening a journal", e);
        }
    }

    /**
     * Appends an answer; after a failure the journal is as before.
     *
     * @param request its place in the file, from 0
     * @param json without line ends
     * @throws dev.foretoken.contract.ForetokenException STORAGE_FULL
     */
    public void add(int request, boolean failed, byte[] json) {
        add(request, failed ? FAILED : GOOD, json);
    }

    /** A request begins to run in this process. */
    public void begun(int request) {
        add(request, BEGUN, NOTHING);
    }

    /** It runs no more, and has no answer. */
    public void stopped(int request) {
        add(request, STOPPED, NOTHING);
    }

    /** Nothing runs any more: what comes to the process now has nothing to do with the job. */
    public void ended() {
        add(0, ENDED, NOTHING);
    }

    private void add(int request, char kind, byte[] json) {
        byte[] head = (request + " " + kind + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] checksum = checksum(head, json).getBytes(StandardCharsets.US_ASCII);
        ByteBuffer record = ByteBuffer.allocate(checksum.length + head.length + json.length + 1)
                .put(checksum)
                .put(head)
                .put(json)
                .put(END)
                .flip();
        try {
            append(record);
        } catch (IOException e) {
            throw StoreErrors.of("noting an answer", e);
        }
    }

    private void append(ByteBuffer record) throws IOException {
        long start = channel.position();
        boolean whole = false;
        try {
            while (record.hasRemaining()) {
                channel.write(record);
            }
            whole = true;
        } finally {
            if (!whole) {
                channel.truncate(start);
            }
        }
    }

    static String checksum(byte[] head, byte[] json) {
        CRC32C sum = new CRC32C();
        sum.update(head);
        sum.update(json);
        return "%08x ".formatted(sum.getValue());
    }

    /** Waits until what was added is on the disk. */
    public void sync() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw StoreErrors.of("noting answers", e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw StoreErrors.of("closing a journal", e);
        }
    }
}
