package dev.foretoken.nativeruntime.predict;

import dev.foretoken.nativeruntime.calibrate.Calibration;
import dev.foretoken.nativeruntime.weights.ChangedWeights;

/** Both models with their weights, reading one sequence after the other. One thread. */
final class PairedReading implements AutoCloseable {

    private final CapturedRows baseRows;
    private final CapturedRows auxiliaryRows;
    private final Calibration base;
    private final Calibration auxiliary;

    /** {@code contextTokens}: of the longest sequence. */
    PairedReading(Prospect prospect, int contextTokens, int threads) {
        this.baseRows = new CapturedRows(prospect.base().layers(), 0);
        this.auxiliaryRows = new CapturedRows(prospect.auxiliary().layers(), 1);
        this.base = open(prospect.base(), contextTokens, threads, baseRows);
        try {
            this.auxiliary = open(prospect.auxiliary(), contextTokens, threads, auxiliaryRows);
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    /** A plan may be a part of what its weights are of, which a checkpoint alone refuses. */
    private static Calibration open(Prospect.Side side, int contextTokens, int threads, CapturedRows rows) {
        try (ChangedWeights weights = new ChangedWeights(side.weights())) {
            return Calibration.open(side.plan(), weights, contextTokens, threads, rows);
        }
    }

    PairedRows read(int[] tokens) {
        baseRows.begin(tokens.length);
        base.run(tokens);
        auxiliaryRows.begin(tokens.length);
        auxiliary.run(tokens);
        return new PairedRows(baseRows.keys(), baseRows.values(), auxiliaryRows.keys(), auxiliaryRows.values());
    }

    @Override
    public void close() {
        auxiliary.close();
        base.close();
    }
}
