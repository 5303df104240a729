package dev.foretoken.app.command.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteRecordingTest {

    private final List<String> asked = new ArrayList<>();
    private final Deque<JsonNode> pages = new ArrayDeque<>();
    private final StringWriter out = new StringWriter();
    private final RouteRecording recording = new RouteRecording(
            path -> {
                asked.add(path);
                return pages.removeFirst();
            },
            "&model=toy",
            out);

    /** Newest first, as servers tell. */
    private void tell(boolean complete, String... ids) {
        ObjectNode page = new ObjectMapper().createObjectNode().put("complete", complete);
        ArrayNode all = page.putArray("decisions");
        for (String id : ids) {
            all.addObject().put("id", id);
        }
        pages.add(page);
    }

    private List<String> lines() {
        return out.toString().lines().toList();
    }

    @Test
    void everyDecisionIsWrittenOnceAndOldestFirst() throws Exception {
        tell(false, "b", "a");
        tell(true);
        tell(true, "d", "c");
        for (int i = 0; i < 3; i++) {
            recording.poll(Long.MAX_VALUE);
        }
        assertThat(lines()).containsExactly("{\"id\":\"a\"}", "{\"id\":\"b\"}", "{\"id\":\"c\"}", "{\"id\":\"d\"}");
        assertThat(asked)
                .containsExactly(
                        "/admin/v1/routes?limit=1000&model=toy",
                        "/admin/v1/routes?limit=1000&model=toy&after=b",
                        "/admin/v1/routes?limit=1000&model=toy&after=b");
        assertThat(RecordCommand.summary(recording, Path.of("f"))).isEqualTo("wrote 4 decisions to f");
    }

    @Test
    void whatAServerTellsAgainIsNotWrittenAgain() throws Exception {
        tell(true, "b", "a");
        tell(false, "c", "b", "a");
        recording.poll(Long.MAX_VALUE);
        recording.poll(Long.MAX_VALUE);
        assertThat(lines()).containsExactly("{\"id\":\"a\"}", "{\"id\":\"b\"}", "{\"id\":\"c\"}");
    }

    @Test
    void itEndsAtItsCount() throws Exception {
        tell(true, "c", "b", "a");
        recording.poll(2);
        assertThat(lines()).containsExactly("{\"id\":\"a\"}", "{\"id\":\"b\"}");
        assertThat(recording.written()).isEqualTo(2);
    }

    @Test
    void itSaysThatSomeAreMissing() throws Exception {
        tell(true, "a");
        tell(false, "z");
        recording.poll(9);
        recording.poll(9);
        assertThat(recording.gaps()).isEqualTo(1);
        assertThat(RecordCommand.summary(recording, Path.of("f"))).contains("1 times", "missing");
    }
}
