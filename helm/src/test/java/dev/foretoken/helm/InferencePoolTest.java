package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runtime pods behind a gateway that is not ours, which ours tell where requests go. */
class InferencePoolTest {

    private static final String GATEWAY = "release-foretoken-gateway";
    private static final String RUNTIME = "release-foretoken-runtime-toy";

    private final Manifests pool = Chart.with("pool").render();

    @Test
    void itsEndpointsAreRuntimePodsThatAnswerHttp() {
        assertThat(pool.kind("InferencePool")).singleElement().satisfies(made -> {
            assertThat(made.getApiVersion()).isEqualTo("inference.networking.k8s.io/v1");
            Map<String, String> selector = made.get("spec", "selector", "matchLabels");
            assertThat(pool.pod(RUNTIME).getMetadata().getLabels()).containsAllEntriesOf(selector);
            assertThat(pool.pod(GATEWAY).getMetadata().getLabels().entrySet())
                    .as("gateways pick, and are not picked")
                    .doesNotContainSequence(selector.entrySet());
            assertThat(made.<Object>get("spec", "targetPorts", 0, "number")).isEqualTo(port(RUNTIME, "http"));
            assertThat(made.<Object>get("spec", "appProtocol")).isEqualTo("http");
        });
        assertThat(pool.container(RUNTIME).getReadinessProbe().getHttpGet().getScheme())
                .isEqualTo("HTTP");
    }

    @Test
    void itsPickerIsThePortOfTheGatewaysService() {
        Service service = pool.one(Service.class, GATEWAY);
        assertThat(pool.kind("InferencePool"))
                .singleElement()
                .satisfies(made -> assertThat(made.<Object>get("spec", "endpointPickerRef"))
                        .isEqualTo(
                                Map.of("name", GATEWAY, "port", Map.of("number", 9002), "failureMode", "FailClose")));
        assertThat(service.getSpec().getPorts()).anySatisfy(port -> {
            assertThat(port.getPort()).isEqualTo(9002);
            assertThat(port.getTargetPort().getStrVal()).isEqualTo("picker");
            assertThat(port.getAppProtocol()).isEqualTo("kubernetes.io/h2c");
        });
        assertThat(port(GATEWAY, "picker")).isEqualTo(9002);
    }

    @Test
    void theDataPlaneReachesPickerAndEndpointsAndNothingElse() {
        assertThat(opened(pool, "gateway")).containsExactly("picker");
        assertThat(opened(pool, "runtime")).containsExactly("http");
        assertThat(opened(pool, "registry")).isEmpty();
    }

    @Test
    void withoutOneThereIsNoPicker() {
        Manifests minimal = Chart.with("minimal").render();
        assertThat(minimal.environment(GATEWAY)).doesNotContainKey("FORETOKEN_PICKER_PORT");
        assertThat(minimal.one(Service.class, GATEWAY).getSpec().getPorts()).hasSize(2);
        assertThat(minimal.container(GATEWAY).getPorts()).hasSize(2);
        assertThat(minimal.environment(RUNTIME)).containsEntry("FORETOKEN_ROLE", "runtime");
    }

    private static List<String> opened(Manifests manifests, String part) {
        return manifests.one(NetworkPolicy.class, "release-foretoken-" + part).getSpec().getIngress().stream()
                .filter(InferencePoolTest::isForTheDataPlane)
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> port.getPort().getStrVal())
                .toList();
    }

    private static boolean isForTheDataPlane(NetworkPolicyIngressRule rule) {
        return rule.getFrom().toString().contains("envoy-gateway-system");
    }

    private int port(String name, String called) {
        return pool.container(name).getPorts().stream()
                .filter(port -> port.getName().equals(called))
                .mapToInt(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow();
    }
}
