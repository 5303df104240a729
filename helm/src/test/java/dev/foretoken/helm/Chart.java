package dev.foretoken.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart with values: rendered by Helm itself, without a cluster. */
final class Chart {

    static final Path FOLDER = Path.of(System.getProperty("foretoken.root", ".."))
            .resolve("helm/foretoken")
            .toAbsolutePath()
            .normalize();
    static final String NAMESPACE = "serving";
    static final String KUBERNETES = "1.30.0";
    /** For tests of what holds whatever the values are. */
    static final String EVERY_FILE = "dev.foretoken.helm.Chart#files";

    private static final String FILE = "-values.yaml";

    private final String values;
    private final Map<String, Object> set = new LinkedHashMap<>();

    private Chart(String values) {
        this.values = values;
    }

    /** Values of {@code ci/NAME-values.yaml}. */
    static Chart with(String name) {
        return new Chart("ci/" + name + FILE);
    }

    /** The names that {@link #with} takes. */
    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("ci"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(FILE))
                    .map(name -> name.substring(0, name.length() - FILE.length()))
                    .sorted()
                    .toList();
        }
    }

    /** Its defaults. */
    static Chart plain() {
        return new Chart("");
    }

    Chart set(String path, Object value) {
        set.put(path, value);
        return this;
    }

    /** @throws RuntimeException with Helm's message when it refuses the values */
    Manifests render() {
        TemplateCommand command = new Helm(FOLDER)
                .template()
                .withName("release")
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        if (!values.isEmpty()) {
            command.withValuesFile(FOLDER.resolve(values));
        }
        set.forEach(command::set);
        return Manifests.parse(command.call());
    }

    /** Values as a file: what {@code set} cannot say. */
    static Manifests render(String yaml) {
        try {
            Path file = Files.createTempFile("values", ".yaml");
            Files.writeString(file, yaml);
            return Manifests.parse(new Helm(FOLDER)
                    .template()
                    .withName("release")
                    .withNamespace(NAMESPACE)
                    .withKubeVersion(KUBERNETES)
                    .withValuesFile(FOLDER.resolve("ci/minimal-values.yaml"))
                    .withValuesFile(file)
                    .call());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
