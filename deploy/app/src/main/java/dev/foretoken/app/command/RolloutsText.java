package dev.foretoken.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.app.terminal.Table;
import java.util.Locale;

/** The scoreboard for people: one row for each rule. */
final class RolloutsText {

    private static final double PERCENT = 100;

    private RolloutsText() {}

    static Table table(JsonNode scoreboard) {
        Table table = new Table(
                "NAME",
                "RULE",
                "VARIANT",
                ">SHARE",
                ">COMPARED",
                ">IDENTICAL",
                ">EQUAL TOKENS",
                ">FIRST DIFF",
                ">LENGTH DIFF",
                ">ERRORS",
                ">SHED",
                ">SKIPPED",
                "STATE");
        for (JsonNode rollout : scoreboard.path("rollouts")) {
            String name = rollout.path("name").asText();
            if (rollout.has("under_load")) {
                JsonNode load = rollout.path("under_load");
                String state = load.path("switched").asBoolean() ? "switched" : "not switched";
                plain(
                        table,
                        name,
                        "under load",
                        load,
                        "",
                        state + ", " + load.path("switches").asLong() + " times");
            }
            for (JsonNode canary : rollout.path("canary")) {
                plain(
                        table,
                        name,
                        "canary",
                        canary,
                        percent(canary.path("weight")),
                        canary.path("header").asText());
            }
            if (rollout.has("shadow")) {
                shadow(table, name, rollout.path("shadow"));
            }
        }
        return table;
    }

    private static void plain(Table table, String name, String rule, JsonNode of, String share, String state) {
        table.row(name, rule, of.path("variant").asText(), share, "", "", "", "", "", "", "", "", state);
    }

    private static void shadow(Table table, String name, JsonNode shadow) {
        double first = shadow.path("mean_first_difference").asDouble();
        table.row(
                name,
                "shadow",
                shadow.path("variant").asText(),
                percent(shadow.path("share")),
                shadow.path("compared").asText(),
                shadow.path("identical").asText(),
                percent(shadow.path("equal_token_share")),
                first < 0 ? "none" : number(first),
                number(shadow.path("mean_length_difference").asDouble()),
                shadow.path("errors").asText(),
                shadow.path("shed").asText(),
                shadow.path("skipped").asText(),
                shadow.has("stopped") ? "stopped: " + shadow.path("stopped").asText() : "runs");
    }

    private static String percent(JsonNode share) {
        return String.format(Locale.ROOT, "%.1f %%", share.asDouble() * PERCENT);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
