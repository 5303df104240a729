package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchEndpoint;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that others go by names what there is. */
class RecordPageTest {

    private static final Pattern VALUE = Pattern.compile("(?m)^value +(.+)$");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(foretoken-[a-z-]+|content-type|traceparent)` \\|");
    private static final Pattern REASON = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| .*$");

    private final String page;

    RecordPageTest() throws IOException {
        page = Files.readString(Path.of(System.getProperty("foretoken.root"), "src/docs/batch-records.md"));
    }

    @Test
    void itsExampleIsARequest() {
        String value = VALUE.matcher(page).results().findFirst().orElseThrow().group(1);
        ReadRecord read = new RecordReader(RecordLimits.DEFAULT, ReplyTopics.NONE)
                .read(Records.of("a-17", value.getBytes(UTF_8), Map.of()));
        assertThat(read).isInstanceOf(ReadRecord.Readable.class);
    }

    @Test
    void everyHeaderIsExplained() throws IllegalAccessException {
        List<String> ofAnswers = List.of(HeaderNames.STATUS, HeaderNames.ERROR);
        for (Field field : HeaderNames.class.getFields()) {
            String name = (String) field.get(null);
            if (ofAnswers.contains(name)) {
                assertThat(page).contains("`" + name + "` (");
            } else {
                assertThat(ROW.matcher(page).results().map(row -> row.group(1))).contains(name);
            }
        }
    }

    @Test
    void everyReasonHasARowAndEveryEndpointIsNamed() {
        String reasons = page.substring(page.indexOf("| reason |"), page.indexOf("To have a letter"));
        assertThat(REASON.matcher(reasons).results().map((MatchResult row) -> row.group(1)))
                .containsExactly(Arrays.stream(PoisonReason.values())
                        .map(PoisonReason::code)
                        .toArray(String[]::new));
        for (BatchEndpoint endpoint : BatchEndpoint.values()) {
            assertThat(page).contains("`" + endpoint.path() + "`");
        }
    }
}
