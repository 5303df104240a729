package dev.foretoken.bench.load;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.contract.runtime.HeldAs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How loads went; its JSON form is the file format {@code foretoken.bench.load/1}.
 *
 * @param model as given on the command line
 * @param storedBytes of the matrices in the files
 */
record LoadReport(String schema, Provenance provenance, String model, HeldAs heldAs, long storedBytes, List<Run> runs) {
    static final String SCHEMA = "foretoken.bench.load/1";

    /**
     * One load.
     *
     * @param gigabytesPerSecond stored bytes per second
     * @param memory null where the system does not tell
     */
    record Run(
            double seconds,
            double gigabytesPerSecond,
            @Nullable Memory memory) {}

    /**
     * What the process grew by, in bytes, over what it took before the load.
     *
     * @param peakGrowth at most while it loaded: anonymous memory and pages of the files
     * @param growth when it was loaded
     * @param peakOverHeld {@code peakGrowth} / bytes of the weights held
     */
    record Memory(long peakGrowth, long growth, double peakOverHeld) {}
}
