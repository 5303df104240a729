package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing travels but what somebody needs. */
class NetworkPolicyTest {

    private final Manifests minimal = Chart.with("minimal").render();
    private final Manifests everything = Chart.with("everything").render();

    @Test
    void everyPodIsDeniedEverythingFirst() {
        NetworkPolicy deny = minimal.one(NetworkPolicy.class, "release-foretoken-deny");
        assertThat(deny.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
        assertThat(deny.getSpec().getIngress()).isEmpty();
        assertThat(deny.getSpec().getEgress()).isEmpty();
        minimal.pods()
                .forEach((name, pod) -> assertThat(pod.getMetadata().getLabels())
                        .as(name)
                        .containsAllEntriesOf(deny.getSpec().getPodSelector().getMatchLabels()));
        assertThat(deny.getSpec().getPodSelector().getMatchLabels()).hasSize(2);
    }

    @Test
    void everyPartHasAPolicyOfItsOwnForBothWays() {
        for (String part : List.of("gateway", "runtime", "registry")) {
            NetworkPolicy policy = policy(minimal, part);
            assertThat(policy.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
            assertThat(policy.getSpec().getPodSelector().getMatchLabels())
                    .containsEntry("app.kubernetes.io/component", part);
        }
    }

    @Test
    void tokensReachPodsFromGatewaysAlone() {
        NetworkPolicy runtime = policy(minimal, "runtime");
        assertThat(runtime.getSpec().getIngress().stream()
                        .filter(rule -> rule.getPorts().stream()
                                .anyMatch(port -> port.getPort().getValue().equals("pod"))))
                .singleElement()
                .satisfies(rule -> assertThat(rule.getFrom())
                        .singleElement()
                        .satisfies(peer -> assertThat(peer.getPodSelector().getMatchLabels())
                                .containsEntry("app.kubernetes.io/component", "gateway")));
        assertThat(policy(minimal, "gateway").getSpec().getEgress())
                .anySatisfy(rule -> assertThat(rule.getTo())
                        .singleElement()
                        .satisfies(peer -> assertThat(peer.getPodSelector().getMatchLabels())
                                .containsEntry("app.kubernetes.io/component", "runtime")));
    }

    @Test
    void podsOfModelsInAClaimSendNothing() {
        assertThat(policy(minimal, "runtime").getSpec().getEgress()).isEmpty();
        assertThat(policy(minimal, "registry").getSpec().getEgress()).isEmpty();
    }

    @Test
    void whatHoldsTheRegistryIsReachedByWhoReadsIt() {
        for (String part : List.of("gateway", "runtime", "registry")) {
            assertThat(ports(policy(everything, part))).as(part).contains(5432, 443, 53);
        }
    }

    @Test
    void aRegistryThatIsAskedOverHttpIsReachedByGatewaysAndPodsAlone() {
        Manifests manifests = Chart.render(
                "{tls: {edge: {existingSecret: foretoken-tls}}, variants: [{name: cpu, model: 'toy:prod'}], networkPolicy: {operators: []}}");
        for (String part : List.of("gateway", "runtime")) {
            assertThat(manifests
                            .one(NetworkPolicy.class, "release-foretoken-" + part)
                            .getSpec()
                            .getEgress())
                    .anySatisfy(rule -> assertThat(rule.toString()).contains("component=registry", "value=http"));
        }
        assertThat(manifests
                        .one(NetworkPolicy.class, "release-foretoken-registry")
                        .getSpec()
                        .getIngress()
                        .getFirst()
                        .getFrom())
                .extracting(peer -> peer.getPodSelector().getMatchLabels().get("app.kubernetes.io/component"))
                .containsExactly("gateway", "runtime");
    }

    @Test
    void limitsAndTracesAreReachedByWhoSendsThem() {
        assertThat(ports(policy(everything, "gateway"))).contains(5433, 4318);
        assertThat(ports(policy(everything, "runtime"))).contains(4318).doesNotContain(5433);
        assertThat(ports(policy(everything, "registry"))).doesNotContain(5433, 4318);
        NetworkPolicy claimed =
                policy(Chart.render("networkPolicy: {runtimeEgress: [{ports: [{port: 4318}]}]}"), "runtime");
        assertThat(ports(claimed)).containsExactlyInAnyOrder(53, 53, 4318);
    }

    @Test
    void theApiServerIsAskedOnlyByGatewaysThatFollowEndpointSlices() {
        assertThat(ports(policy(minimal, "gateway"))).contains(443, 6443);
        assertThat(ports(policy(everything, "gateway"))).doesNotContain(6443);
    }

    @Test
    void theRegistryIsChangedFromOutsideOnlyWhereItHasAKeyForThat() {
        assertThat(policy(minimal, "registry").toString()).doesNotContain("value=admin", "strVal=admin");
        assertThat(minimal.environment("release-foretoken-registry"))
                .doesNotContainKeys("FORETOKEN_ADMIN_HOST", "FORETOKEN_ADMIN_PORT", "FORETOKEN_ADMIN_KEY_FILE");
        assertThat(policy(everything, "registry")
                        .getSpec()
                        .getIngress()
                        .getFirst()
                        .getPorts())
                .anyMatch(port -> port.getPort().getValue().equals("admin"));
        assertThat(everything.environment("release-foretoken-registry"))
                .containsEntry("FORETOKEN_ADMIN_HOST", "0.0.0.0")
                .containsEntry("FORETOKEN_ADMIN_KEY_FILE", "/etc/foretoken/admin/admin-keys");
    }

    @Test
    void canBeLeftToOthers() {
        assertThat(Chart.with("minimal")
                        .set("networkPolicy.enabled", false)
                        .render()
                        .of(NetworkPolicy.class))
                .isEmpty();
    }

    /** Every port that a policy opens by its name is one that the pods behind it have. */
    @Test
    void namesPortsThatExist() {
        for (String part : List.of("gateway", "registry", "runtime-chat")) {
            List<String> ports = everything.container("release-foretoken-" + part).getPorts().stream()
                    .map(port -> port.getName())
                    .toList();
            policy(everything, part.replace("-chat", ""))
                    .getSpec()
                    .getIngress()
                    .forEach(rule -> rule.getPorts()
                            .forEach(port -> assertThat(ports)
                                    .as(part)
                                    .contains(port.getPort().getStrVal())));
        }
    }

    private static List<Integer> ports(NetworkPolicy policy) {
        return policy.getSpec().getEgress().stream()
                .flatMap(rule -> rule.getPorts().stream())
                .map(NetworkPolicyPort::getPort)
                .flatMap(port -> port.getIntVal() == null ? Stream.empty() : Stream.of(port.getIntVal()))
                .toList();
    }

    private static NetworkPolicy policy(Manifests manifests, String part) {
        return manifests.one(NetworkPolicy.class, "release-foretoken-" + part);
    }
}
