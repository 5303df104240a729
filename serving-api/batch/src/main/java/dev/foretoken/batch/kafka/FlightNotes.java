package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Which requests run now, in a file that outlives the process: so that a request whose process dies each time is known in the end. The file is mapped
 * into memory, where a note costs two stores; what was stored is in the file though the process is killed the moment after. Only a machine that
 * goes down loses notes. Where there is no such file, nothing is noted. Any thread.
 *
 * <p>Slots of 16 bytes after a header of as many: offset + 1 (0 = free), partition, and twice the number of deaths, plus 1 while it runs.
 */
final class FlightNotes implements AutoCloseable {

    /** Notes nothing. */
    static final FlightNotes NONE = new FlightNotes(null, null);

    private static final Logger LOG = System.getLogger(FlightNotes.class.getName());
    private static final long FORMAT = 0x464f5245_4e4f5431L;
    private static final int WIDTH = 16;
    private static final int SLOTS = 4096;
    private static final int BYTES = (SLOTS + 1) * WIDTH;
    private static final int ABSENT = -1;

    /** A request is given up long before: what says more is damaged. */
    private static final int MOST_STATE = 2000;

    private record Place(int partition, long offset) {}

    private final @Nullable FileChannel channel;
    private final @Nullable MappedByteBuffer slots;
    private final Deque<Integer> free = new ArrayDeque<>();
    private boolean isStopped;

    /** Slots of those that ran when a process died. */
    private final Map<Place, Integer> suspects = new HashMap<>();

    private FlightNotes(@Nullable FileChannel channel, @Nullable MappedByteBuffer slots) {
        this.channel = channel;
        this.slots = slots;
        if (slots != null) {
            read(slots);
        }
    }

    /** Those of a worker in this folder, which is made where it is absent. What ran when its last process ended has one death more. */
    static FlightNotes open(Path folder, BatchConfig config) {
        String name = name(config);
        try {
            makeOwn(folder);
            return open(folder.resolve(name + ".flights"));
        } catch (IOException | UnsupportedOperationException | OverlappingFileLockException e) {
            LOG.log(
                    Level.WARNING,
                    "a request that kills its process will not be known, since {0} cannot keep notes ({1})",
                    folder,
                    e.getMessage());
            return NONE;
        }
    }

    /** For people, and with the sum of what names it altogether: other brokers may have a topic and a group of the same names. */
    private static String name(BatchConfig config) {
        List<String> names = List.of(config.brokers(), config.topics().requests(), config.group(), config.instance());
        CRC32 sum = new CRC32();
        sum.update(String.join("\n", names).getBytes(StandardCharsets.UTF_8));
        String shown = String.join("-", names.subList(1, names.size())).replaceAll("[^A-Za-z0-9._-]", "_");
        return shown + "-" + HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** Others on the machine may write beside it. */
    private static void makeOwn(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Path probe = Files.createTempFile(folder, "probe", "");
        boolean isOwn = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe));
        Files.delete(probe);
        if (!isOwn) {
            throw new IOException("it is no folder of this process's user");
        }
    }

    private static FlightNotes open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try {
            if (channel.tryLock() == null) {
                throw new IOException("another process has " + file);
            }
            reserve(channel);
            return new FlightNotes(channel, channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes all of it as it is: a store into a mapped page for which the disk has no room would end the process's thread with an error. */
    private static void reserve(FileChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(BYTES);
        int read;
        do {
            read = channel.read(all, all.position());
        } while (read > 0);
        all.clear();
        while (all.hasRemaining()) {
            channel.write(all, all.position());
        }
    }

    /** A process may have died between the two stores that free a slot, or while a request had two of them. */
    private void read(MappedByteBuffer kept) {
        if (kept.getLong(0) != FORMAT) {
            kept.put(0, new byte[kept.capacity()]);
            kept.putLong(0, FORMAT);
        }
        for (int slot = 1; slot <= SLOTS; slot++) {
            int at = slot * WIDTH;
            int state = kept.getInt(at + 12);
            Place place = new Place(kept.getInt(at + 8), kept.getLong(at) - 1);
            if (kept.getLong(at) <= 0 || state <= 0 || state > MOST_STATE || suspects.containsKey(place)) {
                release(kept, slot);
                continue;
            }
            kept.putInt(at + 12, ((state >> 1) + (state & 1)) << 1);
            suspects.put(place, slot);
        }
    }

    /** How often a process died while this request ran. */
    synchronized int deaths(int partition, long offset) {
        Integer slot = suspects.isEmpty() ? null : suspects.get(new Place(partition, offset));
        return slot == null || slots == null ? 0 : slots.getInt(slot * WIDTH + 12) >> 1;
    }

    /** It runs from now on. @return for {@link #end} */
    synchronized int begin(int partition, long offset) {
        if (slots == null || isStopped) {
            return ABSENT;
        }
        Place place = new Place(partition, offset);
        Integer slot = suspects.get(place);
        if (slot == null) {
            slot = free.isEmpty() ? forgotten() : free.poll();
        }
        if (slot == null) {
            return ABSENT;
        }
        int at = slot * WIDTH;
        slots.putInt(at + 8, partition);
        slots.putInt(at + 12, slots.getInt(at + 12) | 1);
        slots.putLong(at, offset + 1);
        return slot;
    }

    /** That of a request which does not run, and may have been answered elsewhere. */
    private @Nullable Integer forgotten() {
        Optional<Place> one = suspects.entrySet().stream()
                .filter(entry -> slots != null && (slots.getInt(entry.getValue() * WIDTH + 12) & 1) == 0)
                .map(Map.Entry::getKey)
                .findFirst();
        one.ifPresent(place -> forget(place.partition(), place.offset()));
        return free.poll();
    }

    /**
     * It runs no more, and the process lives; that processes died of it stays known. One that ran on after its partition went, while the same request
     * ran again and was answered, has its slot no more.
     */
    synchronized void end(int slot, int partition, long offset) {
        if (slots == null || slot == ABSENT || !has(slots, slot, partition, offset)) {
            return;
        }
        int state = slots.getInt(slot * WIDTH + 12) & ~1;
        if (state == 0) {
            release(slots, slot);
        } else {
            slots.putInt(slot * WIDTH + 12, state);
        }
    }

    private static boolean has(MappedByteBuffer kept, int slot, int partition, long offset) {
        return kept.getLong(slot * WIDTH) == offset + 1 && kept.getInt(slot * WIDTH + 8) == partition;
    }

    /** It has an outcome. */
    synchronized void forget(int partition, long offset) {
        Integer slot = suspects.isEmpty() ? null : suspects.remove(new Place(partition, offset));
        if (slot != null && slots != null) {
            release(slots, slot);
        }
    }

    private void release(MappedByteBuffer kept, int slot) {
        kept.putLong(slot * WIDTH, 0);
        kept.putInt(slot * WIDTH + 12, 0);
        free.add(slot);
    }

    /** The process is to end: what still runs is not why, however it does and whatever it waits for. */
    synchronized void stop() {
        isStopped = slots != null;
        for (int slot = 1; slots != null && slot <= SLOTS; slot++) {
            int at = slot * WIDTH + 12;
            slots.putInt(at, slots.getInt(at) & ~1);
        }
    }

    /** The file may be another process's from now on. */
    @Override
    public synchronized void close() {
        if (channel == null || !channel.isOpen()) {
            return;
        }
        stop();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "notes did not close in order", e);
        }
    }
}
