package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.PairedSums;
import dev.foretoken.nativeruntime.algebra.Workers;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * All sums over calibration text for a list of layer pairs: of keys and of values, each apart for the sequences that maps are fitted on and for
 * those that judge them.
 */
final class PairSums {

    private static final int BUFFER = 1 << 16;

    /** Of keys, or of values. */
    private record Stream(SumTable fitted, SumTable heldOut) {
        Stream(List<LayerPair> pairs, RowWidths widths) {
            this(new SumTable(pairs, widths), new SumTable(pairs, widths));
        }

        private SumTable of(boolean judges) {
            return judges ? heldOut : fitted;
        }
    }

    /** Both kinds of sums of one pair and stream. */
    record Split(PairedSums fitted, PairedSums heldOut) {}

    private final Stream keys;
    private final Stream values;
    private int done;

    PairSums(List<LayerPair> pairs, Prospect prospect) {
        this.keys = new Stream(pairs, prospect.keys());
        this.values = new Stream(pairs, prospect.values());
    }

    /** Bytes of all that only this pair needs. */
    static long bytes(LayerPair pair, Prospect prospect) {
        return 2 * (SumTable.bytes(pair, prospect.keys()) + SumTable.bytes(pair, prospect.values()));
    }

    /** How many sequences were added. */
    int done() {
        return done;
    }

    /** {@code judges}: whether maps are not fitted on this sequence but judged by it. */
    void add(PairedRows rows, boolean judges, Workers workers) {
        keys.of(judges).add(rows.baseKeys(), rows.auxiliaryKeys(), workers);
        values.of(judges).add(rows.baseValues(), rows.auxiliaryValues(), workers);
        done++;
    }

    /** {@code index}: of the pair in the list. */
    Split keys(int index) {
        return new Split(keys.fitted.of(index), keys.heldOut.of(index));
    }

    /** {@code index}: of the pair in the list. */
    Split values(int index) {
        return new Split(values.fitted.of(index), values.heldOut.of(index));
    }

    private List<SumTable> tables() {
        return List.of(keys.fitted, keys.heldOut, values.fitted, values.heldOut);
    }

    /** The file is there when all of it is. */
    void store(Path path) {
        Path partial = path.resolveSibling(path.getFileName() + ".partial");
        try {
            try (DataOutputStream out =
                    new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(partial), BUFFER))) {
                out.writeInt(done);
                for (SumTable table : tables()) {
                    table.store(out);
                }
            }
            Files.move(partial, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    /** What {@link #store} has written, where it has. */
    void loadIfThere(Path path) {
        if (!Files.isRegularFile(path)) {
            return;
        }
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), BUFFER))) {
            done = in.readInt();
            for (SumTable table : tables()) {
                table.load(in);
            }
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private static ForetokenException failed(String what, IOException cause) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "sums over calibration text cannot be %s: %s".formatted(what, cause.getMessage()),
                cause);
    }
}
