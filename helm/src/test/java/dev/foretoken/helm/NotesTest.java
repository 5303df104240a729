package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said to who has installed the chart. */
class NotesTest {

    /** Notes are no manifest: a copy of the chart makes one of them. */
    private static final String SHOWN = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: notes}
            data:
              notes: {{ include (print .Template.BasePath "/NOTES.txt") . | quote }}
            """;

    @TempDir
    Path chart;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(Chart.FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = chart.resolve(Chart.FOLDER.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        Files.writeString(chart.resolve("templates/shown.yaml"), SHOWN);
    }

    private String notes(String name, Map<String, Object> set) {
        TemplateCommand command = new Helm(chart)
                .template()
                .withName("release")
                .withNamespace(Chart.NAMESPACE)
                .withKubeVersion(Chart.KUBERNETES)
                .withValuesFile(chart.resolve("ci/" + name + "-values.yaml"));
        set.forEach(command::set);
        return Manifests.parse(command.call())
                .one(ConfigMap.class, "notes")
                .getData()
                .get("notes");
    }

    @Test
    void sayHowToCallWhatIsServed() {
        assertThat(notes("minimal", Map.of()))
                .contains("serves toy=/models/toy.", "kubectl --namespace serving port-forward", "\"model\":\"toy\"");
    }

    @Test
    void warnWhereSeveralCountTenantsLimitsApart() {
        String tenants = "tenants.existingSecret";
        String apart = "by each for itself: a tenant may have them once in each.";
        assertThat(notes("minimal", Map.of(tenants, "t")))
                .contains("Tenants' limits are counted by gateways, " + apart, "tenants.limitsDatabase.existingSecret");
        assertThat(notes(
                        "minimal",
                        Map.of(
                                tenants,
                                "t",
                                "gateway.replicas",
                                1,
                                "gateway.autoscaling.enabled",
                                true,
                                "gateway.autoscaling.maxReplicas",
                                3)))
                .contains(apart);
        assertThat(notes("pool", Map.of("gateway.replicas", 1)))
                .contains("Tenants' limits are counted by gateways and runtime pods, " + apart);
        assertThat(notes("minimal", Map.of())).doesNotContain(apart);
        assertThat(notes("minimal", Map.of(tenants, "t", "gateway.replicas", 1)))
                .doesNotContain(apart);
        assertThat(notes("everything", Map.of())).doesNotContain(apart);
    }

    /** As far as gateways tell of one by a variable of their own. */
    @Test
    void warnOfNoLimitsWhereAVariableNamesTheDatabase() {
        assertThat(notes(
                        "minimal",
                        Map.of(
                                "tenants.existingSecret",
                                "t",
                                "gateway.extraEnv[0].name",
                                "FORETOKEN_TENANT_LIMITS_DATABASE")))
                .doesNotContain("Tenants' limits are counted");
    }
}
