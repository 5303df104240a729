package dev.foretoken.bench.eval;

import dev.foretoken.bench.report.Provenance;
import java.util.List;
import java.util.Map;

/**
 * The quality of a served model; its JSON form is the file format {@code foretoken.bench.eval/1}.
 *
 * @param byLength by length of the passage in tokens
 * @param byKind by kind of question
 * @param lossByKind by kind of text
 * @param failed requests without a usable answer; they are in no other number
 * @param errors the first messages of those
 */
record EvalReport(
        String schema,
        Provenance provenance,
        String url,
        String model,
        MatchReport exactMatch,
        Map<String, MatchReport> byLength,
        Map<String, MatchReport> byKind,
        LossReport loss,
        Map<String, LossReport> lossByKind,
        int failed,
        List<String> errors) {
    static final String SCHEMA = "foretoken.bench.eval/1";
}
