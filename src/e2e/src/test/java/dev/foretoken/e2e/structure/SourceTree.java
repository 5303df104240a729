package dev.foretoken.e2e.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The project's own Java files, found from the root that Maven passes in. */
final class SourceTree {

    private static final Path ROOT = Path.of(System.getProperty("foretoken.root", "../.."))
            .toAbsolutePath()
            .normalize();

    private SourceTree() {}

    static Path root() {
        return ROOT;
    }

    /** Files under any module's {@code src/main/java}, relative to the root. */
    static List<Path> mainFiles() {
        return files("src/main/java");
    }

    static List<Path> testFiles() {
        return files("src/test/java");
    }

    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiled main classes of every module. */
    static List<Path> classFolders() {
        return mainFiles().stream()
                .map(SourceTree::module)
                .distinct()
                .map(module -> ROOT.resolve(module).resolve("target/classes"))
                .filter(Files::isDirectory)
                .toList();
    }

    /** The value below which the given share of {@code values} lies. */
    static int quantile(double share, int[] values) {
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    private static Path module(Path file) {
        String text = file.toString();
        return Path.of(text.substring(0, text.indexOf("/src/main/java")));
    }

    private static List<Path> files(String folder) {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(path -> path.toString().endsWith(".java"))
                    .map(ROOT::relativize)
                    .filter(path -> path.toString().contains(folder + "/dev/foretoken"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
