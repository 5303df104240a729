package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.List;

/**
 * Recurrent states: per port [2, slots + 1, ...]. A run reads a row from one side and writes it to the other, because a graph may read a state
 * after it has written the next; the last row is room to exchange others through.
 */
final class StateCaches implements Caches {

    private final List<CachePort> ports;
    private final List<DeviceMemory> memories;
    private final int slots;
    /** Of each physical row, the side with its state. */
    private final int[] side;

    private final CacheCopier copier = new CacheCopier();

    StateCaches(GraphSession session, List<CachePort> ports, int slots) {
        this.ports = ports;
        this.slots = slots;
        this.side = new int[slots];
        this.memories = CacheMemory.allocate(
                session,
                ports.stream().map(port -> 2L * (slots + 1) * port.rowBytes(0)).toList());
    }

    @Override
    public boolean needsAdjacentRows() {
        return true;
    }

    @Override
    public void begin(int slot, int row) {
        for (int i = 0; i < ports.size(); i++) {
            copier.clear(memories.get(i), at(i, side[row], row), ports.get(i).rowBytes(0));
        }
    }

    @Override
    public void exchange(int row, int tokens, int otherRow, int otherTokens) {
        copy(side[row], row, 0, slots, tokens);
        copy(side[otherRow], otherRow, side[otherRow], row, otherTokens);
        copy(0, slots, side[row], otherRow, tokens);
        int kept = side[row];
        side[row] = side[otherRow];
        side[otherRow] = kept;
    }

    private void copy(int fromSide, int from, int toSide, int to, int tokens) {
        for (int i = 0; i < ports.size() && tokens > 0; i++) {
            DeviceMemory memory = memories.get(i);
            copier.copy(
                    memory,
                    at(i, fromSide, from),
                    memory,
                    at(i, toSide, to),
                    ports.get(i).rowBytes(0));
        }
    }

    private long at(int index, int whichSide, int row) {
        return ((long) whichSide * (slots + 1) + row) * ports.get(index).rowBytes(0);
    }

    @Override
    public void bind(Binding binding, RunRows run) {
        int from = commonSide(run);
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            long[] shape = port.dimensions(run.count(), 0);
            binding.input(port.input(), port.type(), shape, memories.get(i), at(i, from, run.firstRow()));
            binding.output(port.output(), port.type(), shape, memories.get(i), at(i, 1 - from, run.firstRow()));
        }
    }

    /** Brings the states of all rows of a run to the side where most of them are. */
    private int commonSide(RunRows run) {
        int ones = 0;
        for (int row = run.firstRow(); row < run.firstRow() + run.count(); row++) {
            ones += side[row];
        }
        int common = 2 * ones > run.count() ? 1 : 0;
        for (int row = run.firstRow(); row < run.firstRow() + run.count(); row++) {
            if (side[row] != common) {
                copy(side[row], row, common, row, 1);
                side[row] = common;
            }
        }
        return common;
    }

    @Override
    public void ran(RunRows run) {
        for (int row = run.firstRow(); row < run.firstRow() + run.count(); row++) {
            side[row] = 1 - side[row];
        }
    }

    @Override
    public CacheTraffic traffic() {
        return new CacheTraffic(copier.bytes(), 0);
    }

    @Override
    public void close() {
        memories.forEach(DeviceMemory::close);
    }
}
