package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is built on and what is shipped is what was decided: nothing comes in because a library brought it. */
class ShippedArtifactsTest {

    private static final Path LIST = Path.of("deploy/app/artifacts.txt");
    private static final Path BUILT = SourceTree.root().resolve("deploy/app/target/quarkus-app/lib");
    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL);
    private static final Pattern GROUP = Pattern.compile("<groupId>(.*?)</groupId>");
    private static final Pattern MODULE = Pattern.compile("<module>(.*?)</module>");
    private static final Pattern LISTED = Pattern.compile("`([a-z][\\w.-]+)`");
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");

    private final String parent = text(Path.of("pom.xml"));

    @Test
    void whatIsShippedIsListedByNameAndVersion() {
        assertThat(shipped()).containsExactlyElementsOf(SourceTree.lines(LIST));
    }

    /** Of the build for CPUs; the one for GPUs has the same classes of the one library that differs. */
    private static Set<String> shipped() {
        return Stream.of("boot", "main")
                .flatMap(folder -> names(BUILT.resolve(folder)).stream())
                .filter(name -> !name.startsWith("dev.foretoken."))
                .map(name -> name.replace("onnxruntime_gpu", "onnxruntime").replaceFirst("\\.jar$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyVersionIsPinnedOnceAtTheRoot() {
        for (String module : modules()) {
            assertThat(dependencies(text(Path.of(module, "pom.xml"))))
                    .as(module)
                    .noneMatch(dependency -> dependency.contains("<version>"));
        }
        assertThat(dependencies(parent)
                        .flatMap(dependency -> VERSION.matcher(dependency).results())
                        .map(version -> version.group(1)))
                .hasSizeGreaterThan(30)
                .allMatch(version -> version.matches("\\$\\{[a-z0-9.-]+\\.version}"));
    }

    @Test
    void everyGroupThatIsBuiltOnIsOnThePage() {
        String page = text(Path.of("src/docs/security.md"));
        Set<String> listed = page.substring(page.indexOf("## What it is built on"))
                .lines()
                .filter(line -> line.startsWith("| `"))
                .flatMap(line -> LISTED.matcher(line.split("\\|")[1]).results())
                .map(group -> group.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        String direct = parent.replaceFirst("(?s)<dependencyManagement>.*</dependencyManagement>", "");
        Set<String> used = Stream.concat(
                        dependencies(direct),
                        modules().stream().flatMap(module -> dependencies(text(Path.of(module, "pom.xml")))))
                .map(dependency ->
                        GROUP.matcher(dependency).results().findFirst().orElseThrow())
                .map(MatchResult::group)
                .map(group -> group.replaceAll("</?groupId>", ""))
                .filter(group -> !group.equals("dev.foretoken"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).isEqualTo(listed);
    }

    private List<String> modules() {
        return MODULE.matcher(parent).results().map(module -> module.group(1)).toList();
    }

    private static Stream<String> dependencies(String pom) {
        return DEPENDENCY.matcher(pom).results().map(dependency -> dependency.group(1));
    }

    private static String text(Path file) {
        return String.join("\n", SourceTree.lines(file));
    }
}
