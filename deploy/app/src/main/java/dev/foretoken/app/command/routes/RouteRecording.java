package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashSet;

/** Writes what a server decides to lines of JSON, oldest first, each decision once. One thread. */
final class RouteRecording {

    /** As many as a server tells at once. */
    private static final int PAGE = 1000;
    /** More than a server remembers: one that has forgotten the last one written tells again what it knows. */
    private static final int REMEMBERED = 1 << 14;

    private final RouteServer server;
    private final String filter;
    private final Writer out;
    private final LinkedHashSet<String> known = new LinkedHashSet<>();
    private String last = "";
    private long written;
    private long gaps;

    /** @param filter part of the query, with a leading {@code &} where it is not empty */
    RouteRecording(RouteServer server, String filter, Writer out) {
        this.server = server;
        this.filter = filter;
        this.out = out;
    }

    /** Writes what is new, up to {@code most} decisions in all. */
    void poll(long most) throws IOException, InterruptedException {
        JsonNode page =
                server.get(RouteServer.ROUTES + "?limit=" + PAGE + filter + (last.isEmpty() ? "" : "&after=" + last));
        if (!last.isEmpty() && !page.path("complete").asBoolean()) {
            gaps++;
        }
        JsonNode decisions = page.path("decisions");
        for (int i = decisions.size() - 1; i >= 0 && written < most; i--) {
            last = decisions.get(i).path("id").asText();
            if (known.add(last)) {
                out.write(decisions.get(i).toString() + "\n");
                written++;
            }
        }
        while (known.size() > REMEMBERED) {
            known.removeFirst();
        }
        out.flush();
    }

    long written() {
        return written;
    }

    /** How often the server had forgotten some before they were asked for. */
    long gaps() {
        return gaps;
    }
}
