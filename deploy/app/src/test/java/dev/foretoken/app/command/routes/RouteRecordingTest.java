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

    /** The page told next has this revision, and says of one that it was refused. */
    private void tellRefused(long revision, String refused, String... others) {
        tell(true, others);
        ObjectNode page = (ObjectNode) pages.getLast();
        page.put("revision", revision);
        page.withArray("decisions").addObject().put("id", refused).put("reason", "QUEUE_FULL");
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
    void whatIsRefusedAfterItWasWrittenHasOneMoreLine() throws Exception {
        tell(true, "b", "a");
        ((ObjectNode) pages.getLast()).put("revision", 2);
        tellRefused(4, "a", "c");
        tellRefused(5, "a");
        tell(true);
        for (int i = 0; i < 4; i++) {
            recording.poll(3);
        }
        assertThat(lines())
                .containsExactly(
                        "{\"id\":\"a\"}",
                        "{\"id\":\"b\"}",
                        "{\"amends\":\"a\",\"outcome\":\"refused\",\"reason\":\"QUEUE_FULL\"}",
                        "{\"id\":\"c\"}");
        assertThat(asked)
                .containsExactly(
                        "/admin/v1/routes?limit=1000&model=toy",
                        "/admin/v1/routes?limit=1000&model=toy&after=b&revision=2",
                        "/admin/v1/routes?limit=1000&model=toy&after=c&revision=4",
                        "/admin/v1/routes?limit=1000&model=toy&after=c&revision=5");
        assertThat(RecordCommand.summary(recording, Path.of("f")))
                .isEqualTo("wrote 3 decisions to f, 1 of which were refused after they had been written");
    }

    @Test
    void whatIsBeyondTheCountIsNeitherWrittenNorAmended() throws Exception {
        tell(true, "a");
        tellRefused(3, "b", "c");
        recording.poll(1);
        recording.poll(1);
        assertThat(lines()).containsExactly("{\"id\":\"a\"}");
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
