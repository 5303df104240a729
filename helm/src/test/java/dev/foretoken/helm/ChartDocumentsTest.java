package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What follows from other files is what is there. */
class ChartDocumentsTest {

    @Test
    void schemaPageAndAlertsAreThoseOfTheirSources() throws Exception {
        for (Map.Entry<String, String> file :
                new ChartDocuments(Chart.FOLDER).wanted().entrySet()) {
            assertThat(Files.readString(Chart.FOLDER.resolve(file.getKey())))
                    .as(
                            "%s does not follow from its source any more; write it again by %s",
                            file.getKey(), ChartDocuments.COMMAND)
                    .isEqualTo(file.getValue());
        }
    }
}
