package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Caches that the graph concatenates. A sequence's lie densely in its slot while it reads its prompt, and in a {@link Cohort} with those it
 * generates with: they are copied when a cohort changes, not for every token. The graph itself copies them for every token.
 *
 * <p>Of a slot there are three copies at most: in its store, in what a run reads, and in what it leaves or, while a cohort is made of others, in
 * the new one. What a span leaves is one row beside them.
 */
final class GrowingCaches implements Caches {

    private final GraphSession session;
    private final List<CachePort> ports;
    private final int capacity;
    /** Per port [slots, ...], a slot's tokens dense at its begin. */
    private final List<DeviceMemory> stores;
    /** Per port: what a span leaves. */
    private final List<DeviceMemory> left;
    /** Tokens in each slot's store. */
    private final int[] stored;

    private final @Nullable Cohort[] cohortOf;
    private final CacheCopier copier = new CacheCopier();
    private long grown;

    /** {@code capacity}: tokens of a slot. */
    GrowingCaches(GraphSession session, List<CachePort> ports, int slots, int capacity) {
        this.session = session;
        this.ports = ports;
        this.capacity = capacity;
        this.stored = new int[slots];
        this.cohortOf = new Cohort[slots];
        Stream<Long> rows = ports.stream().map(port -> port.rowBytes(capacity));
        Stream<Long> all = ports.stream().map(port -> slots * port.rowBytes(capacity));
        List<DeviceMemory> memories =
                CacheMemory.allocate(session, Stream.concat(all, rows).toList());
        this.stores = memories.subList(0, ports.size());
        this.left = memories.subList(ports.size(), memories.size());
    }

    @Override
    public boolean needsAdjacentRows() {
        return false;
    }

    @Override
    public void begin(int slot, int row) {
        Cohort cohort = cohortOf[slot];
        if (cohort != null) {
            cohort.forget(slot);
            cohortOf[slot] = null;
            closeIfEmpty(cohort);
        }
        stored[slot] = 0;
    }

    private static void closeIfEmpty(Cohort cohort) {
        for (int i = 0; i < cohort.members(); i++) {
            if (cohort.slot(i) != Cohort.GONE) {
                return;
            }
        }
        cohort.close();
    }

    /** Places go by slots here. */
    @Override
    public void exchange(int row, int tokens, int otherRow, int otherTokens) {}

    @Override
    public void bind(Binding binding, RunRows run) {
        if (run.span() > 1) {
            bindSpan(binding, run);
            return;
        }
        Cohort cohort = cohort(run);
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            long[] past = port.dimensions(run.count(), cohort.tokens());
            long[] present = port.dimensions(run.count(), cohort.tokens() + 1L);
            binding.input(port.input(), port.type(), past, cohort.current(i), 0);
            binding.output(port.output(), port.type(), present, cohort.next(i), 0);
        }
    }

    private void bindSpan(Binding binding, RunRows run) {
        int slot = run.slot(0);
        Cohort cohort = cohortOf[slot];
        if (cohort != null) {
            store(cohort, cohort.member(slot));
            cohort.forget(slot);
            closeIfEmpty(cohort);
        }
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            long[] past = port.dimensions(1, stored[slot]);
            long[] present = port.dimensions(1, stored[slot] + (long) run.span());
            binding.input(port.input(), port.type(), past, stores.get(i), slot * port.rowBytes(capacity));
            binding.output(port.output(), port.type(), present, left.get(i), 0);
        }
    }

    @Override
    public void ran(RunRows run) {
        if (run.span() > 1) {
            int slot = run.slot(0);
            stored[slot] += run.span();
            for (int i = 0; i < ports.size(); i++) {
                long row = slot * ports.get(i).rowBytes(capacity);
                copier.copy(left.get(i), 0, stores.get(i), row, ports.get(i).rowBytes(stored[slot]));
            }
        } else {
            cohort(run).advance();
        }
        for (CachePort port : ports) {
            grown += run.count() * port.rowBytes((long) run.longest() + run.span());
        }
    }

    /** The cohort of a run, made of whatever its sequences were in. */
    private Cohort cohort(RunRows run) {
        Cohort cohort = cohortOf[run.slot(0)];
        if (cohort != null && cohort.is(run)) {
            return cohort;
        }
        Set<Cohort> before = cohorts(IntStream.range(0, run.count()).map(run::slot));
        before.forEach(Cohort::endRuns);
        makeRoom(before, run.count());
        Cohort made = gathered(run);
        for (int i = 0; i < run.count(); i++) {
            Cohort old = cohortOf[run.slot(i)];
            if (old != null) {
                old.forget(run.slot(i));
            }
            cohortOf[run.slot(i)] = made;
        }
        before.forEach(this::dissolve);
        return made;
    }

    private Set<Cohort> cohorts(IntStream slots) {
        Set<Cohort> found = new LinkedHashSet<>();
        slots.forEach(slot -> {
            Cohort cohort = cohortOf[slot];
            if (cohort != null) {
                found.add(cohort);
            }
        });
        return found;
    }

    /** Cohorts have no more rows than there are slots, though members leave: where a new one would be too much, those of leavers go. */
    private void makeRoom(Set<Cohort> before, int rows) {
        Set<Cohort> others = cohorts(IntStream.range(0, cohortOf.length));
        others.removeAll(before);
        if (others.stream().mapToInt(Cohort::members).sum() + rows > cohortOf.length) {
            others.stream().filter(Cohort::isThinned).forEach(this::dissolve);
        }
    }

    private Cohort gathered(RunRows run) {
        Cohort made = new Cohort(session, ports, run, capacity);
        try {
            for (int i = 0; i < run.count(); i++) {
                gather(made, i);
            }
            return made;
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    private void gather(Cohort made, int member) {
        int slot = made.slot(member);
        int length = made.length(member);
        Cohort old = cohortOf[slot];
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            long inner = port.inner();
            for (long outer = 0; outer < port.outer(); outer++) {
                long to = (member * port.outer() + outer) * made.tokens() * inner;
                long pad = made.padding(member) * inner;
                copier.clear(made.current(i), to, pad);
                if (old != null) {
                    long from = place(old, old.member(slot), port, outer);
                    copier.copy(old.current(i), from, made.current(i), to + pad, length * inner);
                } else {
                    long from = slot * port.rowBytes(capacity) + outer * length * inner;
                    copier.copy(stores.get(i), from, made.current(i), to + pad, length * inner);
                }
            }
        }
    }

    private static long place(Cohort cohort, int member, CachePort port, long outer) {
        return ((member * port.outer() + outer) * cohort.tokens() + cohort.padding(member)) * port.inner();
    }

    /** Stores those that are left. */
    private void dissolve(Cohort cohort) {
        for (int i = 0; i < cohort.members(); i++) {
            if (cohort.slot(i) != Cohort.GONE) {
                store(cohort, i);
            }
        }
        cohort.close();
    }

    private void store(Cohort cohort, int member) {
        int slot = cohort.slot(member);
        int length = cohort.length(member);
        for (int i = 0; i < ports.size(); i++) {
            CachePort port = ports.get(i);
            for (long outer = 0; outer < port.outer(); outer++) {
                long to = slot * port.rowBytes(capacity) + outer * length * port.inner();
                long from = place(cohort, member, port, outer);
                copier.copy(cohort.current(i), from, stores.get(i), to, length * port.inner());
            }
        }
        stored[slot] = length;
        cohortOf[slot] = null;
    }

    @Override
    public CacheTraffic traffic() {
        return new CacheTraffic(copier.bytes(), grown);
    }

    @Override
    public void close() {
        for (Cohort cohort : cohortOf) {
            if (cohort != null) {
                cohort.close();
            }
        }
        stores.forEach(DeviceMemory::close);
        left.forEach(DeviceMemory::close);
    }
}
