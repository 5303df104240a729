package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.Attention;
import java.lang.foreign.MemorySegment;

/** Brings K and V of an attention, projected or predicted, into its cache. */
final class KvWriter {

    private final Kernels kernels;
    private final KvPlace place;
    private final TurnedHeads keys;
    private final float clip;
    private final int valueWidth;

    KvWriter(Attention attention, Attention.Direct maps, KvPlace place, Binding binding) {
        this.kernels = binding.kernels();
        this.place = place;
        this.keys = TurnedHeads.keys(attention, maps, binding);
        this.clip = maps.clip();
        this.valueWidth = attention.layout().valueWidth();
    }

    /** Whether both are stored, the values as they are and the keys turned. */
    boolean isPlain() {
        return place.ownsKeys() && place.ownsValues() && clip <= 0 && keys.areOnlyTurned();
    }

    /** Of a writer that is plain: what it would store, made by products of one step. */
    KvMap map(StepBatch step, Product key, Product value) {
        RotaryAngles angles = keys.angles();
        return new KvMap(
                key,
                value,
                place.layer(),
                step.batch(place.kind()),
                angles == null ? null : angles.table(),
                angles == null ? step.positions() : angles.rowsOf(step));
    }

    /**
     * Stores what the attention owns of both.
     *
     * @param key fp32 [tokens of the step, keyWidth]: before norm and rotation; changed in place
     * @param value fp32 [tokens of the step, valueWidth]; changed in place
     */
    void write(StepBatch step, MemorySegment key, MemorySegment value) {
        if (place.ownsKeys()) {
            keys.turn(key, step);
        }
        if (place.ownsValues() && clip > 0) {
            kernels.clip(value, clip, (long) step.tokens() * valueWidth);
        }
        kernels.writeKv(
                place.layer(),
                step.batch(place.kind()),
                place.ownsKeys() ? key : null,
                place.ownsValues() ? value : null);
    }
}
