package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session on the CPU whose memory cannot be seen from outside, as that of a GPU: what looks into it all the same fails. */
public final class FarSession implements GraphSession {

    private final GraphSession session;
    private final long mostTensorBytes;
    private final Map<String, Long> crossed = new HashMap<>();
    private long copied;

    public FarSession(GraphSession session) {
        this(session, Long.MAX_VALUE);
    }

    /** {@code mostTensorBytes}: of one that is bound; larger ones are refused. */
    public FarSession(GraphSession session, long mostTensorBytes) {
        this.session = session;
        this.mostTensorBytes = mostTensorBytes;
    }

    @Override
    public long mostTensorBytes() {
        return mostTensorBytes;
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
    public DeviceMemory allocate(long bytes) {
        return new FarMemory(session.allocate(bytes));
    }

    @Override
    public Binding bind() {
        return new FarBinding(session.bind());
    }

    @Override
    public void close() {
        session.close();
    }

    /** Bytes of an input or output that went between the host and the device so far. */
    public long crossed(String port) {
        return crossed.getOrDefault(port, 0L);
    }

    /** Bytes that were read from and written to memory here from the host so far. */
    public long copied() {
        return copied;
    }

    private void cross(String port, long bytes) {
        crossed.merge(port, bytes, Long::sum);
    }

    private final class FarMemory implements DeviceMemory {
        private final DeviceMemory near;

        private FarMemory(DeviceMemory near) {
            this.near = near;
        }

        @Override
        public long bytes() {
            return near.bytes();
        }

        @Override
        public boolean isHost() {
            return false;
        }

        @Override
        public MemorySegment segment() {
            throw new IllegalStateException("the device has memory of its own");
        }

        @Override
        public void write(MemorySegment from, long at) {
            copied += from.byteSize();
            near.write(from, at);
        }

        @Override
        public void read(long at, MemorySegment to) {
            copied += to.byteSize();
            near.read(at, to);
        }

        @Override
        public void copy(long from, DeviceMemory to, long at, long bytes) {
            near.copy(from, ((FarMemory) to).near, at, bytes);
        }

        @Override
        public void clear(long at, long bytes) {
            near.clear(at, bytes);
        }

        @Override
        public void close() {
            near.close();
        }
    }

    private final class FarBinding extends NearBinding {
        /** Bytes that cross at each run, by what is bound to the host's memory. */
        private final Map<String, Long> onHost = new HashMap<>();
        /** Outputs that the graph makes in the host's memory. */
        private final Set<String> madeOnHost = new HashSet<>();

        private FarBinding(Binding near) {
            super(near, memory -> ((FarMemory) memory).near);
        }

        @Override
        public void input(String name, ElementType type, long[] shape, MemorySegment host) {
            onHost.put(name, host.byteSize());
            super.input(name, type, shape, host);
        }

        @Override
        public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            long bytes = Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
            if (bytes > mostTensorBytes) {
                throw new IllegalArgumentException(name + " has " + bytes + " bytes");
            }
            onHost.remove(name);
            super.input(name, type, shape, memory, offset);
        }

        @Override
        public void output(String name, ElementType type, long[] shape, MemorySegment host) {
            onHost.put(name, host.byteSize());
            madeOnHost.remove(name);
            super.output(name, type, shape, host);
        }

        @Override
        public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            onHost.remove(name);
            madeOnHost.remove(name);
            super.output(name, type, shape, memory, offset);
        }

        @Override
        public void output(String name) {
            onHost.remove(name);
            madeOnHost.add(name);
            super.output(name);
        }

        @Override
        public void deviceOutput(String name) {
            onHost.remove(name);
            madeOnHost.remove(name);
            super.deviceOutput(name);
        }

        @Override
        public void run() {
            super.run();
            onHost.forEach(FarSession.this::cross);
            madeOnHost.forEach(name -> cross(name, result(name).data().byteSize()));
        }

        @Override
        public DeviceTensor deviceResult(String name) {
            DeviceTensor result = super.deviceResult(name);
            return new DeviceTensor(result.shape(), new FarMemory(result.memory()));
        }
    }
}
