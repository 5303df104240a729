package dev.foretoken.helm;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The chart with values: rendered by Helm itself, without a cluster. */
final class Chart {

    static final Path FOLDER = Path.of(System.getProperty("foretoken.root", ".."))
            .resolve("helm/foretoken")
            .toAbsolutePath()
            .normalize();
    static final String NAMESPACE = "serving";
    static final String KUBERNETES = "1.30.0";

    private final String values;
    private final Map<String, Object> set = new LinkedHashMap<>();

    private Chart(String values) {
        this.values = values;
    }

    /** Values of {@code ci/NAME-values.yaml}. */
    static Chart with(String name) {
        return new Chart("ci/" + name + "-values.yaml");
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
