package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A session on the CPU whose memory cannot be seen from outside, as that of a GPU: what looks into it all the same fails. */
public final class FarSession implements GraphSession {

    private final GraphSession session;
    private final long mostTensorBytes;

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
        return new FarBinding(session.bind(), mostTensorBytes);
    }

    @Override
    public void close() {
        session.close();
    }

    private record FarMemory(DeviceMemory near) implements DeviceMemory {

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
            near.write(from, at);
        }

        @Override
        public void read(long at, MemorySegment to) {
            near.read(at, to);
        }

        @Override
        public void copy(long from, long to, long bytes) {
            near.copy(from, to, bytes);
        }

        @Override
        public void close() {
            near.close();
        }
    }

    private record FarBinding(Binding near, long mostTensorBytes) implements Binding {

        @Override
        public void input(String name, ElementType type, long[] shape, MemorySegment host) {
            near.input(name, type, shape, host);
        }

        @Override
        public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            long bytes = Arrays.stream(shape).reduce(type.bytes(), Math::multiplyExact);
            if (bytes > mostTensorBytes) {
                throw new IllegalArgumentException(name + " has " + bytes + " bytes");
            }
            near.input(name, type, shape, ((FarMemory) memory).near(), offset);
        }

        @Override
        public void output(String name, ElementType type, long[] shape, MemorySegment host) {
            near.output(name, type, shape, host);
        }

        @Override
        public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            near.output(name, type, shape, ((FarMemory) memory).near(), offset);
        }

        @Override
        public void output(String name) {
            near.output(name);
        }

        @Override
        public void run() {
            near.run();
        }

        @Override
        public Tensor result(String name) {
            return near.result(name);
        }

        @Override
        public void close() {
            near.close();
        }
    }
}
