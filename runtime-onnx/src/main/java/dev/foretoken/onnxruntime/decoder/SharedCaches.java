package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.List;

/** Caches that the graph writes into as it reads them: per port [slots + 1, ...], the last row being room to exchange others through. */
final class SharedCaches implements Caches {

    private final List<CachePort> ports;
    private final List<DeviceMemory> memories;
    private final int slots;
    private final int capacity;
    private final CacheCopier copier = new CacheCopier();

    /** {@code capacity}: tokens of a row. */
    SharedCaches(GraphSession session, List<CachePort> ports, int slots, int capacity) {
        this.ports = ports;
        this.slots = slots;
        this.capacity = capacity;
        this.memories = CacheMemory.allocate(
                session,
                ports.stream()
                        .map(port -> (slots + 1) * port.rowBytes(capacity))
                        .toList());
    }

    @Override
    public boolean needsAdjacentRows() {
        return true;
    }

    /** What lies behind a row's tokens is never read. */
    @Override
    public void begin(int slot, int row) {}

    @Override
    public void exchange(int row, int tokens, int otherRow, int otherTokens) {
        for (int i = 0; i < ports.size(); i++) {
            copy(i, row, slots, tokens);
            copy(i, otherRow, row, otherTokens);
            copy(i, slots, otherRow, tokens);
        }
    }

    private void copy(int index, int from, int to, int tokens) {
        CachePort port = ports.get(index);
        DeviceMemory memory = memories.get(index);
        long row = port.rowBytes(capacity);
        long piece = capacity * port.inner();
        for (long outer = 0; outer < port.outer() && tokens > 0; outer++) {
            copier.copy(memory, from * row + outer * piece, memory, to * row + outer * piece, tokens * port.inner());
        }
    }

    @Override
    public void bind(Binding binding, RunRows run) {
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            long[] shape = port.dimensions(run.count(), capacity);
            long at = run.firstRow() * port.rowBytes(capacity);
            binding.input(port.input(), port.type(), shape, memories.get(i), at);
            binding.output(port.output(), port.type(), shape, memories.get(i), at);
        }
    }

    @Override
    public void ran(RunRows run) {}

    @Override
    public CacheTraffic traffic() {
        return new CacheTraffic(copier.bytes(), 0);
    }

    @Override
    public void close() {
        memories.forEach(DeviceMemory::close);
    }
}
