package dev.foretoken.contract.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawResultTest {

    private static final String PROPERTY = "foretoken.result.test.json";

    record Figures(int manyRequests, double ratio) {}

    @TempDir
    Path folder;

    @Test
    void aFileSaysWhereItsFiguresComeFrom() throws IOException {
        Path file = folder.resolve("deep/result.json");
        System.setProperty(PROPERTY, file.toString());
        try {
            RawResult.write(PROPERTY, "foretoken.test.x/1", Instant.EPOCH, new Figures(7, 1.5));
        } finally {
            System.clearProperty(PROPERTY);
        }
        assertThat(Files.readString(file).lines().map(String::strip))
                .contains(
                        "\"schema\" : \"foretoken.test.x/1\",",
                        "\"started_at\" : \"1970-01-01T00:00:00Z\",",
                        "\"many_requests\" : 7,",
                        "\"ratio\" : 1.5")
                .anyMatch(line -> line.matches("\"commit\" : \"(unknown|[0-9a-f]{12}(\\+changes)?)\","))
                .noneMatch(line -> line.contains(PROPERTY));
    }

    @Test
    void nothingIsWrittenWhereNobodyAsked() throws IOException {
        RawResult.write(PROPERTY, "foretoken.test.x/1", Instant.EPOCH, new Figures(7, 1.5));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void outsideOfACheckoutTheCommitIsNotKnown() throws IOException {
        assertThat(RawResult.commit(folder.getRoot())).isEqualTo("unknown");
    }
}
