package dev.foretoken.contract.runtime;

import java.util.List;

/** How many units of each part's each kind the runtime must hold: {@code units.get(part).get(kind)}. Units are numbered from 0. */
public record CacheReservation(List<List<Integer>> units) {
    public CacheReservation {
        units = units.stream().map(List::copyOf).toList();
    }

    public int units(int part, int kind) {
        return units.get(part).get(kind);
    }

    /** Bytes of all units. */
    public long bytes(ModelShape shape) {
        long sum = 0;
        for (int part = 0; part < units.size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                sum += units(part, kind) * spec.unitBytes(kind);
            }
        }
        return sum;
    }
}
