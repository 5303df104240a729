package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of runtime pods: each on its device, all behind one Service. */
class RuntimePodsTest {

    private static final String PREFIX = "release-foretoken-runtime-";

    private final Manifests everything = Chart.with("everything").render();

    @Test
    void areWhatEachEntrySaysOverTheDefaultsOfAll() {
        Deployment chat = everything.one(Deployment.class, PREFIX + "whole-gpu");
        assertThat(chat.getSpec().getReplicas()).isEqualTo(1);
        assertThat(resources("whole-gpu").getRequests())
                .containsEntry("cpu", new Quantity("2"))
                .containsEntry("memory", new Quantity("4Gi"));
        assertThat(resources("slice").getRequests())
                .containsEntry("cpu", new Quantity("4"))
                .containsEntry("memory", new Quantity("8Gi"));
        assertThat(everything.environment(PREFIX + "chat")).containsEntry("FORETOKEN_MODEL", "toy:prod");
        assertThat(everything.environment(PREFIX + "chat-q4")).containsEntry("FORETOKEN_MODEL", "toy@1/q4");
    }

    /** Only then does the kubelet keep CPUs for a pod alone. */
    @ParameterizedTest
    @ValueSource(strings = {"chat", "chat-q4", "whole-gpu", "slice", "pinned"})
    void areGuaranteedWholeCpus(String group) {
        ResourceRequirements resources = resources(group);
        assertThat(resources.getRequests()).isEqualTo(resources.getLimits()).containsKeys("cpu", "memory");
        assertThat(resources
                        .getLimits()
                        .get("cpu")
                        .getNumericalAmount()
                        .stripTrailingZeros()
                        .scale())
                .isLessThanOrEqualTo(0);
    }

    @ParameterizedTest
    @CsvSource({"whole-gpu, nvidia.com/gpu", "slice, nvidia.com/mig-1g.10gb"})
    void takeOneGpuOrMigInstanceFromItsPlugin(String group, String resource) {
        assertThat(resources(group).getLimits()).containsEntry(resource, new Quantity("1"));
        assertThat(everything.environment(PREFIX + group))
                .containsEntry("FORETOKEN_DEVICE", "cuda:0")
                .doesNotContainKey("CUDA_VISIBLE_DEVICES");
        assertThat(everything.container(PREFIX + group).getImage()).contains("/foretoken@sha256:0123");
    }

    @Test
    void seeOneDeviceWithoutAPluginByItsName() {
        assertThat(resources("pinned").getLimits()).containsOnlyKeys("cpu", "memory");
        assertThat(everything.environment(PREFIX + "pinned"))
                .containsEntry("FORETOKEN_DEVICE", "cuda:0")
                .containsEntry("CUDA_VISIBLE_DEVICES", "MIG-3a9f8d5b-1c2d-5e4f-8a7b-0c1d2e3f4a5b")
                .containsEntry("JDK_JAVA_OPTIONS", "-Xmx1g");
    }

    @Test
    void onCpusTakeTheImageAndTheDeviceForThem() {
        assertThat(everything.environment(PREFIX + "chat")).containsEntry("FORETOKEN_DEVICE", "cpu");
        assertThat(everything.container(PREFIX + "chat").getImage())
                .isEqualTo("registry.example.com/foretoken:0.1.0-cpu");
        assertThat(Chart.with("minimal")
                        .set("image.tag", "2.0")
                        .render()
                        .container(PREFIX + "toy")
                        .getImage())
                .isEqualTo("registry.example.com/foretoken:2.0-cpu");
    }

    @Test
    void mayStartTwiceAsLongAsWasMeasured() {
        var probe = everything.container(PREFIX + "chat").getStartupProbe();
        assertThat(probe.getPeriodSeconds() * probe.getFailureThreshold()).isEqualTo(600);
        assertThat(everything.one(Deployment.class, PREFIX + "chat").getSpec().getProgressDeadlineSeconds())
                .isGreaterThan(600);
    }

    @Test
    void areSelectedByTheirGroupAndSpreadOverNodes() {
        everything.of(Deployment.class).forEach(deployment -> {
            Map<String, String> labels =
                    deployment.getSpec().getTemplate().getMetadata().getLabels();
            assertThat(labels)
                    .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
            assertThat(deployment.getSpec().getSelector().getMatchLabels())
                    .as("selectors never change, versions do")
                    .doesNotContainKeys("helm.sh/chart", "app.kubernetes.io/version");
            assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                    .singleElement()
                    .satisfies(spread -> {
                        assertThat(spread.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                        assertThat(spread.getLabelSelector().getMatchLabels())
                                .isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
                    });
        });
        assertThat(everything
                        .one(Deployment.class, PREFIX + "chat")
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .containsEntry("foretoken.dev/variant", "chat");
    }

    @Test
    void runWhereTheirNodesAre() {
        PodSpec pod = everything.pod(PREFIX + "whole-gpu").getSpec();
        assertThat(pod.getRuntimeClassName()).isEqualTo("nvidia");
        assertThat(pod.getNodeSelector()).containsEntry("nvidia.com/gpu.present", "true");
        assertThat(pod.getTolerations())
                .singleElement()
                .satisfies(t -> assertThat(t.getKey()).isEqualTo("nvidia.com/gpu"));
        assertThat(pod.getPriorityClassName()).isEqualTo("serving");
        assertThat(pod.getImagePullSecrets())
                .singleElement()
                .satisfies(secret -> assertThat(secret.getName()).isEqualTo("registry-login"));
        assertThat(everything.pod(PREFIX + "chat").getSpec().getRuntimeClassName())
                .isNull();
    }

    @Test
    void areFoundByAHeadlessServiceWhoseRecordsAreThoseThatAreReady() {
        Service service = everything.one(Service.class, "release-foretoken-runtime");
        assertThat(service.getSpec().getClusterIP()).isEqualTo("None");
        assertThat(service.getSpec().getPublishNotReadyAddresses()).isNull();
        assertThat(service.getSpec().getPorts())
                .anyMatch(port -> port.getPort() == 9091
                        && port.getTargetPort().getStrVal().equals("pod"));
        everything
                .pods()
                .forEach((name, pod) -> assertThat(pod.getMetadata()
                                .getLabels()
                                .entrySet()
                                .containsAll(service.getSpec().getSelector().entrySet()))
                        .as(name)
                        .isEqualTo(name.startsWith(PREFIX)));
    }

    @Test
    void onlyThoseOfModelsOfTheRegistryGetItsSecrets() {
        assertThat(everything.environment(PREFIX + "chat"))
                .containsKeys("FORETOKEN_DATABASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        assertThat(everything.environment(PREFIX + "slice"))
                .doesNotContainKeys("FORETOKEN_DATABASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
        assertThat(everything.environment("release-foretoken-gateway")).containsKey("FORETOKEN_DATABASE");
        assertThat(Chart.with("minimal").render().environment("release-foretoken-gateway"))
                .doesNotContainKey("FORETOKEN_DATABASE");
    }

    private ResourceRequirements resources(String group) {
        return everything.container(PREFIX + group).getResources();
    }
}
