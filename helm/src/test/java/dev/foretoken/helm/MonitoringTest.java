package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus' operator and the Gateway API are told. */
class MonitoringTest {

    private final Manifests everything = Chart.with("everything").render();

    @Test
    void everyPartIsScrapedWithTheOperatorsKey() {
        List<GenericKubernetesResource> monitors = everything.kind("ServiceMonitor");
        assertThat(monitors)
                .extracting(monitor -> monitor.getMetadata().getName())
                .containsExactlyInAnyOrder(
                        "release-foretoken-gateway", "release-foretoken-runtime", "release-foretoken-registry");
        for (GenericKubernetesResource monitor : monitors) {
            Service service =
                    everything.one(Service.class, monitor.getMetadata().getName());
            Map<String, String> selector = monitor.get("spec", "selector", "matchLabels");
            assertThat(service.getMetadata().getLabels()).containsAllEntriesOf(selector);
            String port = monitor.get("spec", "endpoints", 0, "port");
            assertThat(service.getSpec().getPorts())
                    .anyMatch(each -> each.getName().equals(port));
            assertThat(monitor.<Object>get("spec", "endpoints", 0, "authorization", "credentials"))
                    .isEqualTo(Map.of("name", "foretoken-credentials", "key", "operator-key"));
            assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
        }
    }

    @Test
    void certificatesAreCheckedByTheNameOfTheService() {
        GenericKubernetesResource runtime = monitor(everything, "runtime");
        assertThat(runtime.<Object>get("spec", "endpoints", 0, "scheme")).isEqualTo("https");
        assertThat(runtime.<Object>get("spec", "endpoints", 0, "tlsConfig", "serverName"))
                .isEqualTo("release-foretoken-runtime.serving.svc");
        assertThat(runtime.<Object>get("spec", "endpoints", 0, "tlsConfig", "ca", "secret", "name"))
                .isEqualTo("foretoken-pod-tls");
        GenericKubernetesResource plain = monitor(
                Chart.with("minimal")
                        .set("metrics.serviceMonitor.enabled", true)
                        .render(),
                "gateway");
        assertThat(plain.<Object>get("spec", "endpoints", 0, "scheme")).isNull();
    }

    @Test
    void groupsAreToldApartByTheirLabel() {
        assertThat(monitor(everything, "runtime").<Object>get("spec", "podTargetLabels"))
                .isEqualTo(List.of("foretoken.dev/variant"));
    }

    @Test
    void alertsComeAsTheyAreWritten() {
        assertThat(everything.kind("PrometheusRule")).singleElement().satisfies(rule -> {
            List<Map<String, Object>> groups = rule.get("spec", "groups");
            assertThat(groups)
                    .isNotEmpty()
                    .allSatisfy(group -> assertThat(group).containsKeys("name", "rules"));
            assertThat(groups.toString()).contains("{{ $labels.");
        });
    }

    @Test
    void noneOfItIsThereWhereNobodyAsked() {
        Manifests minimal = Chart.with("minimal").render();
        for (String kind : List.of("ServiceMonitor", "PrometheusRule", "ScaledObject", "InferencePool")) {
            assertThat(minimal.kind(kind)).as(kind).isEmpty();
        }
    }

    @Test
    void endpointsOfAPoolAreWatchedWithoutTls() {
        Manifests pool =
                Chart.with("pool").set("metrics.serviceMonitor.enabled", true).render();
        assertThat(monitor(pool, "runtime").<Map<String, Object>>get("spec", "endpoints", 0))
                .doesNotContainKeys("scheme", "tlsConfig");
    }

    private static GenericKubernetesResource monitor(Manifests manifests, String part) {
        return manifests.kind("ServiceMonitor").stream()
                .filter(monitor -> monitor.getMetadata().getName().endsWith("-" + part))
                .findFirst()
                .orElseThrow();
    }
}
