package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;

/**
 * Writes what a server decides to lines of JSON, oldest first, each decision once; one that is refused after that has an {@link Amendment} further
 * down. One thread.
 */
final class RouteRecording {

    /** As many as a server tells at once. */
    private static final int PAGE = 1000;
    /** More than a server remembers: one that has forgotten the last one written tells again what it knows. */
    private static final int REMEMBERED = 1 << 14;

    private final RouteServer server;
    private final String filter;
    private final Writer out;
    /** Why each was refused, by its id, as it was written; empty where it was not. */
    private final LinkedHashMap<String, String> known = new LinkedHashMap<>();

    private String last = "";
    private String revision = "";
    private long written;
    private long amended;
    private long gaps;

    /** @param filter part of the query, with a leading {@code &} where it is not empty */
    RouteRecording(RouteServer server, String filter, Writer out) {
        this.server = server;
        this.filter = filter;
        this.out = out;
    }

    /** Writes what is new, up to {@code most} decisions in all, and what has become of those before. */
    void poll(long most) throws IOException, InterruptedException {
        String since = last.isEmpty() ? "" : "&after=" + last + (revision.isEmpty() ? "" : "&revision=" + revision);
        JsonNode page = server.get(RouteServer.ROUTES + "?limit=" + PAGE + filter + since);
        boolean complete = page.path("complete").asBoolean();
        if (!last.isEmpty() && !complete) {
            gaps++;
        }
        revision = page.path("revision").asText();
        JsonNode decisions = page.path("decisions");
        for (int i = decisions.size() - 1; i >= 0; i--) {
            String id = decisions.get(i).path("id").asText();
            if (!known.containsKey(id) || !complete) {
                last = id; // What is told again only for its change is older.
            }
            take(id, decisions.get(i), most);
        }
        while (known.size() > REMEMBERED) {
            known.pollFirstEntry();
        }
        out.flush();
    }

    private void take(String id, JsonNode decision, long most) throws IOException {
        String reason = decision.path("reason").asText();
        String before = known.get(id);
        if (before == null && written < most) {
            known.put(id, reason);
            out.write(decision + "\n");
            written++;
        } else if (before != null && !before.equals(reason)) {
            known.put(id, reason);
            out.write(new Amendment(id, reason).json() + "\n");
            amended++;
        }
    }

    long written() {
        return written;
    }

    /** How many lines say of a decision above them that it was refused after all. */
    long amended() {
        return amended;
    }

    /** How often the server had forgotten some before they were asked for. */
    long gaps() {
        return gaps;
    }
}
