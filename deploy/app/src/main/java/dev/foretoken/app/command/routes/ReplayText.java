package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.PlainText;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.routing.decision.RouteReplay;
import java.io.PrintStream;
import java.util.List;

/** What replays changed, for people and for programs. */
final class ReplayText {

    private static final double MILLI = 1e6;

    private ReplayText() {}

    static void print(List<RouteReplay> replays, PrintStream out) {
        table(replays).print(out);
        for (RouteReplay replay : replays) {
            if (!replay.changed().isEmpty()) {
                out.println();
                out.println(replay.policy() + " changes:");
                changes(replay).print(out);
            }
        }
    }

    static Table table(List<RouteReplay> replays) {
        Table table = new Table(
                "POLICY",
                ">DECISIONS",
                ">EQUAL",
                ">CHANGED",
                ">MEAN EXPECTED TTFT",
                ">AS RECORDED",
                ">CHANGE",
                ">REFUSED",
                ">ELSEWHERE");
        for (RouteReplay replay : replays) {
            table.row(
                    replay.policy(),
                    Integer.toString(replay.decisions()),
                    Figures.percent(replay.equalShare()),
                    Integer.toString(replay.decisions() - replay.equal()),
                    RoutesText.millis(replay.replayedNanos()),
                    RoutesText.millis(replay.recordedNanos()),
                    change(replay),
                    Integer.toString(replay.refused()),
                    Integer.toString(replay.refusedElsewhere()));
        }
        return table;
    }

    private static String change(RouteReplay replay) {
        double share = replay.replayedNanos() / replay.recordedNanos() - 1;
        return Double.isFinite(share) ? (share > 0 ? "+" : "") + Figures.percent(share) : "";
    }

    private static Table changes(RouteReplay replay) {
        Table table = new Table("ID", "RECORDED", "REPLAYED", ">EXPECTED TTFT", ">INSTEAD OF");
        for (RouteReplay.Change change : replay.changed()) {
            table.row(
                    PlainText.of(change.id()),
                    PlainText.of(change.recorded()),
                    PlainText.of(change.replayed()),
                    RoutesText.millis(change.replayedNanos()),
                    RoutesText.millis(change.recordedNanos()));
        }
        return table;
    }

    static ObjectNode json(List<RouteReplay> replays) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode policies = json.putArray("policies");
        replays.forEach(replay -> write(replay, policies.addObject()));
        return json;
    }

    private static void write(RouteReplay replay, ObjectNode json) {
        json.put("policy", replay.policy());
        json.put("decisions", replay.decisions());
        json.put("equal", replay.equal());
        json.put("changed", replay.decisions() - replay.equal());
        json.put("compared", replay.compared());
        json.put("refused", replay.refused());
        json.put("refused_elsewhere", replay.refusedElsewhere());
        putMillis(json, "expected_ttft_ms", replay.replayedNanos());
        putMillis(json, "recorded_ttft_ms", replay.recordedNanos());
        ArrayNode changes = json.putArray("changes");
        for (RouteReplay.Change change : replay.changed()) {
            ObjectNode one = changes.addObject();
            one.put("id", change.id());
            one.put("recorded", change.recorded());
            one.put("replayed", change.replayed());
            putMillis(one, "expected_ttft_ms", change.replayedNanos());
            putMillis(one, "recorded_ttft_ms", change.recordedNanos());
        }
    }

    private static void putMillis(ObjectNode json, String field, double nanos) {
        if (Double.isFinite(nanos)) {
            json.put(field, nanos / MILLI);
        }
    }
}
