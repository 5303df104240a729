package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for whatever the chart makes. */
class EveryObjectTest {

    @Test
    void passesHelmsStrictLint() {
        LintResult lint = new Helm(Chart.FOLDER).lint().strict().quiet().call();
        assertThat(lint.isFailed()).as(lint.getMessages().toString()).isFalse();
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void hasOnlyFieldsThatKubernetesKnows(String values) {
        Manifests manifests = Chart.with(values).render();
        assertThat(manifests.all()).hasSizeGreaterThan(10);
        manifests
                .all()
                .forEach(object -> assertThat(UnknownFields.of(object))
                        .as(Manifests.title(object))
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void hasANameOfItsOwnAndTheRecommendedLabels(String values) {
        Set<String> titles = new HashSet<>();
        for (HasMetadata object : Chart.with(values).render().all()) {
            assertThat(titles.add(Manifests.title(object)))
                    .as(Manifests.title(object))
                    .isTrue();
            assertThat(object.getMetadata().getLabels())
                    .as(Manifests.title(object))
                    .containsEntry("app.kubernetes.io/name", "foretoken")
                    .containsEntry("app.kubernetes.io/instance", "release")
                    .containsEntry("app.kubernetes.io/managed-by", "Helm")
                    .containsEntry("helm.sh/chart", "foretoken-0.1.0")
                    .containsKey("app.kubernetes.io/version");
        }
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void isNoSecretAndHoldsNone(String values) {
        assertThat(Chart.with(values).render().of(Secret.class)).isEmpty();
    }

    @Test
    void keepsTheLengthsOfNamesUnderLongReleaseNames() {
        Manifests manifests = Chart.with("everything")
                .set("fullnameOverride", "a-name-that-takes-forty-letters-entirely")
                .render();
        for (HasMetadata object : manifests.all()) {
            assertThat(object.getMetadata().getName().length())
                    .as(Manifests.title(object))
                    .isLessThanOrEqualTo(object instanceof Service ? 63 : 100);
        }
    }

    @Test
    void saysHowToCallIt() {
        String notes = new Helm(Chart.FOLDER)
                .install()
                .withName("release")
                .withNamespace(Chart.NAMESPACE)
                .withKubeVersion(Chart.KUBERNETES)
                .withValuesFile(Chart.FOLDER.resolve("ci/minimal-values.yaml"))
                .clientOnly()
                .withDryRunOption(DryRun.CLIENT)
                .call()
                .getOutput();
        for (String part : List.of(
                "foretoken 0.1.0 serves toy=/models/toy.",
                "kubectl --namespace serving port-forward service/release-foretoken-gateway 8080",
                "get secret foretoken-credentials -o 'go-template={{index .data \"api-keys\" | base64decode}}'",
                "curl http://localhost:8080/v1/chat/completions",
                "\"model\":\"toy\"")) {
            assertThat(notes).contains(part);
        }
    }
}
