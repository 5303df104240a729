package dev.foretoken.e2e.structure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

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
        Finder finder = new Finder(folder + "/dev/foretoken");
        try {
            Files.walkFileTree(ROOT, finder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return finder.found.stream().sorted().toList();
    }

    /** Java files below a folder; stays out of what builds make, where files of running tests come and go. */
    private static final class Finder extends SimpleFileVisitor<Path> {

        private static final Set<String> SKIPPED = Set.of("target", ".git");

        private final String below;
        private final List<Path> found = new ArrayList<>();

        Finder(String below) {
            this.below = below;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return !folder.equals(ROOT) && SKIPPED.contains(folder.getFileName().toString())
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path path = ROOT.relativize(file);
            if (path.toString().endsWith(".java") && path.toString().contains(below)) {
                found.add(path);
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
