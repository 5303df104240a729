package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** A session that counts the memory it gives, and that has none left at an allocation of choice. */
public final class CountedMemory implements GraphSession {

    private final GraphSession session;
    private final int failing;
    private int allocations;
    private int open;
    private long bytes;
    private long peak;

    /** {@code failing}: which allocation fails, from 0 on; -1 = none. */
    public CountedMemory(GraphSession session, int failing) {
        this.session = session;
        this.failing = failing;
    }

    /** How many were asked for. */
    public int allocations() {
        return allocations;
    }

    /** How many are not closed. */
    public int open() {
        return open;
    }

    /** Of those that are not closed. */
    public long bytes() {
        return bytes;
    }

    /** Most bytes at a time. */
    public long peak() {
        return peak;
    }

    @Override
    public DeviceMemory allocate(long size) {
        if (allocations++ == failing) {
            throw new ForetokenException(ErrorCode.INSUFFICIENT_MEMORY, "no memory left");
        }
        DeviceMemory memory = session.allocate(size);
        open++;
        bytes += size;
        peak = Math.max(peak, bytes);
        return new Counted(memory);
    }

    @Override
    public List<GraphPort> inputs() {
        return session.inputs();
    }

    @Override
    public List<GraphPort> outputs() {
        return session.outputs();
    }

    @Override
    public Map<String, String> metadata() {
        return session.metadata();
    }

    @Override
    public Binding bind() {
        return new NearBinding(session.bind(), CountedMemory::near);
    }

    @Override
    public long mostTensorBytes() {
        return session.mostTensorBytes();
    }

    @Override
    public void close() {
        session.close();
    }

    private static DeviceMemory near(DeviceMemory memory) {
        return memory instanceof Counted counted ? counted.memory : memory;
    }

    private final class Counted implements DeviceMemory {
        private final DeviceMemory memory;
        private boolean closed;

        private Counted(DeviceMemory memory) {
            this.memory = memory;
        }

        @Override
        public long bytes() {
            return memory.bytes();
        }

        @Override
        public boolean isHost() {
            return memory.isHost();
        }

        @Override
        public MemorySegment segment() {
            return memory.segment();
        }

        @Override
        public void write(MemorySegment from, long at) {
            memory.write(from, at);
        }

        @Override
        public void read(long at, MemorySegment to) {
            memory.read(at, to);
        }

        @Override
        public void copy(long from, DeviceMemory to, long at, long count) {
            memory.copy(from, near(to), at, count);
        }

        @Override
        public void clear(long at, long count) {
            memory.clear(at, count);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                bytes -= memory.bytes();
                open--;
                memory.close();
            }
        }
    }
}
