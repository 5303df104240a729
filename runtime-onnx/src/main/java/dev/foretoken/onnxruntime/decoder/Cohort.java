package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sequences whose growing caches lie together, as the last run left them: per port [count, ..., tokens, ...], shorter sequences padded on the
 * left. What a run leaves is what the next one reads, so nothing is copied as long as the same sequences run.
 */
final class Cohort implements AutoCloseable {

    /** No longer a member. */
    static final int GONE = -1;

    private static final int HEADROOM = 64;

    private final GraphSession session;
    private final List<CachePort> ports;
    private final int[] slots;
    private final int[] padding;
    private final @Nullable DeviceMemory[] current;
    private final @Nullable DeviceMemory[] next;
    private final int capacity;
    private int tokens;

    /** {@code capacity}: tokens of a row, at most. */
    Cohort(GraphSession session, List<CachePort> ports, RunRows run, int capacity) {
        this.session = session;
        this.ports = ports;
        this.capacity = capacity;
        this.slots = new int[run.count()];
        this.padding = new int[run.count()];
        this.current = new DeviceMemory[ports.size()];
        this.next = new DeviceMemory[ports.size()];
        this.tokens = run.longest();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = run.slot(i);
            padding[i] = tokens - run.past(i);
        }
    }

    /** Whether these are the rows of a run, in its order, as long as they are there. */
    boolean is(RunRows run) {
        if (slots.length != run.count()) {
            return false;
        }
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] != run.slot(i) || tokens - padding[i] != run.past(i)) {
                return false;
            }
        }
        return true;
    }

    int members() {
        return slots.length;
    }

    int slot(int member) {
        return slots[member];
    }

    int padding(int member) {
        return padding[member];
    }

    int member(int slot) {
        for (int i = 0; i < slots.length; i++) {
            if (slots[i] == slot) {
                return i;
            }
        }
        throw new IllegalStateException("slot " + slot + " is in another cohort");
    }

    void forget(int slot) {
        slots[member(slot)] = GONE;
    }

    /** Whether there is memory of members that are gone. */
    boolean isThinned() {
        return Arrays.stream(slots).anyMatch(slot -> slot == GONE);
    }

    /** Gives up the memory that the next run would write to: there is none in this company. */
    void endRuns() {
        close(next);
    }

    /** Of each member, padding included. */
    int tokens() {
        return tokens;
    }

    int length(int member) {
        return tokens - padding[member];
    }

    /** Where the caches are. */
    DeviceMemory current(int port) {
        return grown(current, port, tokens);
    }

    /** Where the run leaves them. */
    DeviceMemory next(int port) {
        return grown(next, port, tokens + 1);
    }

    /** The run is over: one token more. */
    void advance() {
        for (int i = 0; i < current.length; i++) {
            DeviceMemory read = current[i];
            current[i] = next[i];
            next[i] = read;
        }
        tokens++;
    }

    /** Memory whose contents do not matter when it is too small. */
    private DeviceMemory grown(@Nullable DeviceMemory[] memories, int port, int least) {
        DeviceMemory memory = memories[port];
        if (memory != null && memory.bytes() >= slots.length * ports.get(port).rowBytes(least)) {
            return memory;
        }
        if (memory != null) {
            memories[port] = null;
            memory.close();
        }
        int room = Math.max(least, Math.min(capacity, least + Math.max(HEADROOM, least / 4)));
        DeviceMemory larger = session.allocate(slots.length * ports.get(port).rowBytes(room));
        memories[port] = larger;
        return larger;
    }

    @Override
    public void close() {
        close(current);
        close(next);
    }

    private static void close(@Nullable DeviceMemory[] memories) {
        for (int i = 0; i < memories.length; i++) {
            DeviceMemory memory = memories[i];
            memories[i] = null;
            if (memory != null) {
                memory.close();
            }
        }
    }
}
