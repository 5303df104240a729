package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Writer;

/** Writes what a server decides to lines of JSON, oldest first, each decision once. One thread. */
final class RouteRecording {

    /** As many as a server tells at once. */
    private static final int PAGE = 1000;

    private final RouteServer server;
    private final String filter;
    private final Writer out;
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
            out.write(decisions.get(i).toString() + "\n");
            last = decisions.get(i).path("id").asText();
            written++;
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
