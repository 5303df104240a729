package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * What the runtime must hold.
 *
 * @param units how many units of each part's each kind: {@code units.get(part).get(kind)}. Units are numbered from 0
 * @param checkpoints how many copies of each recurrent state of the base part can be kept at a time ({@link CacheCommand.SaveState}), numbered
 *     from 0
 */
public record CacheReservation(List<List<Integer>> units, int checkpoints) {
    public CacheReservation {
        units = units.stream().map(List::copyOf).toList();
    }

    /** Without checkpoints. */
    public CacheReservation(List<List<Integer>> units) {
        this(units, 0);
    }

    public int units(int part, int kind) {
        return units.get(part).get(kind);
    }

    /** Bytes of all units and checkpoints. */
    public long bytes(ModelShape shape) {
        long sum = checkpoints * shape.base().caches().checkpointBytes();
        for (int part = 0; part < units.size(); part++) {
            CacheSpec spec = shape.parts().get(part).caches();
            for (int kind = 0; kind < spec.kinds().size(); kind++) {
                sum += units(part, kind) * spec.unitBytes(kind);
            }
        }
        return sum;
    }
}
