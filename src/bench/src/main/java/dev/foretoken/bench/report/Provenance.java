package dev.foretoken.bench.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Where a result comes from; the first member of every result file.
 *
 * @param startedAt ISO-8601, UTC
 * @param commit of the checkout the tool was built in, with "+changes" when it was not clean; "unknown" where the tool lies outside of one
 * @param labels what the user adds: name and version of the server, digest of the model, driver, ...
 */
public record Provenance(
        String startedAt, String commit, List<String> arguments, Map<String, String> labels, Machine machine) {

    public static Provenance now(List<String> arguments, Map<String, String> labels) {
        return new Provenance(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Checkout.commit(),
                arguments,
                labels,
                Machine.describe());
    }
}
