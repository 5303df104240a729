package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files are small and named after the thing they hold. */
class FileTest {

    private static final int HALF_UNDER = 80;
    private static final int NINE_IN_TEN_UNDER = 250;
    private static final int NONE_OVER = 500;
    private static final List<String> GENRES =
            List.of("Utils", "Util", "Helper", "Helpers", "Common", "Impl", "Manager");

    @Test
    void mostFilesAreSmall() {
        int[] lengths = SourceTree.mainFiles().stream()
                .mapToInt(file -> SourceTree.lines(file).size())
                .toArray();
        assertThat(SourceTree.quantile(0.5, lengths)).as("median lines").isLessThan(HALF_UNDER);
        assertThat(SourceTree.quantile(0.9, lengths))
                .as("90 % quantile of lines")
                .isLessThan(NINE_IN_TEN_UNDER);
    }

    @Test
    void noFileIsLongWithoutAReason() {
        Stream.concat(SourceTree.mainFiles().stream(), SourceTree.testFiles().stream())
                .filter(file -> SourceTree.lines(file).size() > NONE_OVER)
                .forEach(file -> assertThat(SourceTree.lines(file).stream().limit(20))
                        .as(file + " is over 500 lines and must say why at its top")
                        .anyMatch(line -> line.contains("Over 500 lines:")));
    }

    @Test
    void namesSayTheThingAndNotItsGenre() {
        for (Path file : SourceTree.mainFiles()) {
            String name = file.getFileName().toString().replace(".java", "");
            assertThat(GENRES).as(file.toString()).noneMatch(name::endsWith);
        }
    }
}
