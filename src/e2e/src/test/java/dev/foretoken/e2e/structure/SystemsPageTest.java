package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What {@code src/docs/systems.md} claims is what {@code systems.csv} says, and every test and graph that it names exists. */
class SystemsPageTest {

    private static final Path MODELS = SourceTree.root().resolve("src/models");
    private static final Path ZOO = MODELS.resolve("zoo");
    private static final Map<String, String> STATUS =
            Map.of("served", "served", "part", "in part", "not yet", "not yet", "nothing", "nothing to serve");
    private static final Set<String> SHOWN = Set.of("served", "part");
    private static final Map<String, String> MANIFESTS =
            Map.of("ZooTest", "zoo.json", "DeclaredZooTest", "declared.json");
    private static final Pattern GRAPHS = Pattern.compile("graphs? `[^`]+`(, `[^`]+`)*");

    private final List<PublishedSystem> systems = PublishedSystem.read(text(ZOO.resolve("systems.csv")));
    private final String page = text(SourceTree.root().resolve("src/docs/systems.md"));
    private final Map<String, List<JsonNode>> graphs = MANIFESTS.entrySet().stream()
            .collect(Collectors.toMap(
                    Map.Entry::getKey,
                    each -> list(json(ZOO.resolve(each.getValue())).required("models"))));

    @Test
    void thePageHasExactlyTheRowsOfTheList() {
        List<String> rows =
                page.lines().filter(line -> line.matches("\\| \\d{3}/.*")).toList();
        assertThat(rows)
                .containsExactlyElementsOf(systems.stream().map(this::line).toList());
    }

    private String line(PublishedSystem system) {
        String tests = system.tests().entrySet().stream()
                .map(test -> "`" + test.getKey() + "`"
                        + (test.getValue().isEmpty() ? "" : " (" + String.join(", ", test.getValue()) + ")"))
                .collect(Collectors.joining("; "));
        return Stream.of(
                        system.row(),
                        system.name(),
                        system.what(),
                        STATUS.get(system.status()),
                        sourced(system.by()),
                        tests)
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    /** With what each graph was made from behind its name. */
    private String sourced(String by) {
        Map<String, String> sources = new HashMap<>();
        graphs.values()
                .forEach(models -> models.forEach(model -> sources.put(
                        model.required("name").asText(),
                        model.required("source").asText())));
        return GRAPHS.matcher(by)
                .replaceAll(listed -> Pattern.compile("`([^`]+)`")
                        .matcher(listed.group())
                        .replaceAll(name -> "`%s` (%s)"
                                .formatted(
                                        name.group(1),
                                        sources.get(name.group(1))
                                                .replaceFirst("^paper$", "written from its description"))));
    }

    @Test
    void theHeadCountsThem() {
        String head = page.substring(0, page.indexOf("## List")).replaceAll("\\s+", " ");
        int library = (int)
                models().filter(model -> !model.required("source").asText().equals("paper"))
                        .count();
        assertThat(head)
                .contains("What of %d published systems".formatted(systems.size()))
                .contains("%d rows are served, %d in part, %d not yet; %d are surveys"
                        .formatted(count("served"), count("part"), count("not yet"), count("nothing")))
                .contains("A *graph* is one of the %d of".formatted(models().count()))
                .contains("%d of them streams or loops"
                        .formatted(graphs.get("DeclaredZooTest").size()))
                .contains("%d of them are the classes of timm".formatted(library));
    }

    private long count(String status) {
        return systems.stream().filter(each -> each.status().equals(status)).count();
    }

    private Stream<JsonNode> models() {
        return graphs.values().stream().flatMap(List::stream);
    }

    @Test
    void whatIsServedNamesTestsAndCasesThatExist() {
        Set<String> classes = SourceTree.testFiles().stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        Map<String, Set<String>> cases = cases();
        for (PublishedSystem system : systems) {
            assertThat(STATUS).as(system.row()).containsKey(system.status());
            assertThat(!system.tests().isEmpty())
                    .as(
                            "%s is %s: it names tests where something is served, and only there",
                            system.row(), system.status())
                    .isEqualTo(SHOWN.contains(system.status()));
            system.tests().forEach((test, listed) -> {
                assertThat(classes).as(system.row()).contains(test);
                assertThat(cases.getOrDefault(test, Set.of()))
                        .as("%s, cases of %s", system.row(), test)
                        .containsAll(listed);
            });
        }
    }

    private Map<String, Set<String>> cases() {
        Map<String, Set<String>> cases = new HashMap<>();
        graphs.forEach((test, models) -> cases.put(test, names(models)));
        Set<String> checkpoints = names(list(json(MODELS.resolve("conformance/index.json"))));
        checkpoints.add("every checkpoint");
        cases.put("ConformanceTest", checkpoints);
        cases.put("DecoderRuntimeTest", folders(MODELS.resolve("onnx-fixtures"), "model.onnx"));
        return cases;
    }

    @Test
    void everyGraphIsListedAndItsRowsSaySo() {
        assertThat(names(graphs.get("ZooTest"))).isEqualTo(stems(ZOO.resolve("graphs"), ".onnx"));
        assertThat(names(graphs.get("ZooTest"))).isEqualTo(stems(ZOO.resolve("graphs"), ".bin"));
        assertThat(names(graphs.get("DeclaredZooTest"))).isEqualTo(folders(ZOO.resolve("declared"), "graph.json"));
        Map<String, PublishedSystem> byRow =
                systems.stream().collect(Collectors.toMap(PublishedSystem::row, system -> system));
        graphs.forEach((test, models) ->
                models.forEach(model -> model.required("rows").forEach(row -> {
                    assertThat(byRow).containsKey(row.asText());
                    assertThat(byRow.get(row.asText()).tests().getOrDefault(test, List.of()))
                            .as(row.asText())
                            .contains(model.required("name").asText());
                })));
    }

    private static Set<String> names(List<JsonNode> models) {
        Set<String> names = new TreeSet<>();
        models.forEach(model -> names.add(model.required("name").asText()));
        return names;
    }

    private static Set<String> stems(Path folder, String suffix) {
        return entries(folder).stream()
                .map(path -> path.getFileName().toString())
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .collect(Collectors.toSet());
    }

    private static Set<String> folders(Path folder, String with) {
        return entries(folder).stream()
                .filter(path -> Files.isRegularFile(path.resolve(with)))
                .map(path -> path.getFileName().toString())
                .collect(Collectors.toSet());
    }

    private static Set<Path> entries(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return new HashSet<>(all.toList());
        } catch (IOException e) {
            throw new AssertionError(folder + " cannot be read", e);
        }
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file + " cannot be read", e);
        }
    }
}
