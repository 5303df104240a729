package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every pod, whatever it runs. */
class PodSafetyTest {

    private static final Set<String> WRITABLE = Set.of("/tmp", "/var/cache/foretoken", "/var/lib/foretoken");

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void runsAsNobodyWithoutRightsOnTheNode(String values) {
        pods(values).forEach((name, pod) -> {
            PodSpec spec = pod.getSpec();
            assertThat(spec.getSecurityContext().getRunAsUser()).as(name).isEqualTo(10001);
            assertThat(spec.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
            assertThat(spec.getSecurityContext().getSeccompProfile().getType())
                    .as(name)
                    .isEqualTo("RuntimeDefault");
            for (Container container : spec.getContainers()) {
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .as(name)
                        .isTrue();
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .as(name)
                        .isFalse();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .as(name)
                        .containsExactly("ALL");
            }
            assertThat(spec.getVolumes()).as(name).noneMatch(volume -> volume.getHostPath() != null);
            assertThat(spec.getHostNetwork()).as(name).isNull();
        });
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void writesWhereItMayAndNowhereElse(String values) {
        pods(values).forEach((name, pod) -> {
            List<VolumeMount> mounts = pod.getSpec().getContainers().getFirst().getVolumeMounts();
            Set<String> written = mounts.stream()
                    .filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                    .map(VolumeMount::getMountPath)
                    .collect(Collectors.toSet());
            if (values.equals("everything") && name.endsWith("-gateway")) {
                assertThat(written.remove("/batches")).as("files of batches").isTrue();
            }
            assertThat(written).as(name).isEqualTo(WRITABLE);
            pod.getSpec().getVolumes().stream()
                    .filter(volume -> volume.getEmptyDir() != null)
                    .forEach(volume -> assertThat(volume.getEmptyDir().getSizeLimit())
                            .as(name + ": " + volume.getName() + " is bounded")
                            .isNotNull());
        });
    }

    /** A volume without a mount is forgotten, a mount without a volume refused by the API server. */
    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void mountsExactlyTheVolumesThatItHas(String values) {
        Manifests manifests = Chart.with(values).render();
        manifests.pods().forEach((name, pod) -> {
            Set<String> volumes = pod.getSpec().getVolumes().stream()
                    .map(Volume::getName)
                    .collect(Collectors.toCollection(HashSet::new));
            if (name.endsWith("-registry")) {
                manifests
                        .one(StatefulSet.class, name)
                        .getSpec()
                        .getVolumeClaimTemplates()
                        .forEach(claim -> volumes.add(claim.getMetadata().getName()));
            }
            assertThat(pod.getSpec().getContainers().getFirst().getVolumeMounts().stream()
                            .map(VolumeMount::getName))
                    .as(name)
                    .containsExactlyInAnyOrderElementsOf(volumes);
        });
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void leavesItsServiceDrainsAndOnlyThenIsKilled(String values) {
        Manifests manifests = Chart.with(values).render();
        manifests.pods().forEach((name, pod) -> {
            Container container = pod.getSpec().getContainers().getFirst();
            long sleep = container.getLifecycle().getPreStop().getSleep().getSeconds();
            long drain = Long.parseLong(manifests.environment(name).get("FORETOKEN_DRAIN_SECONDS"));
            assertThat(sleep).as(name).isPositive();
            assertThat(pod.getSpec().getTerminationGracePeriodSeconds())
                    .as(name)
                    .isEqualTo(sleep + drain + 15);
        });
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void isAskedWhetherItHasStartedIsReadyAndLives(String values) {
        pods(values).forEach((name, pod) -> {
            Container container = pod.getSpec().getContainers().getFirst();
            boolean loads = name.contains("-runtime-") && !values.equals("copies");
            String started = loads ? "/health/ready" : "/health/live";
            assertThat(path(container.getStartupProbe())).as(name).isEqualTo(started);
            assertThat(path(container.getReadinessProbe())).as(name).isEqualTo("/health/ready");
            assertThat(path(container.getLivenessProbe())).as(name).isEqualTo("/health/live");
            assertThat(container.getReadinessProbe().getHttpGet().getPort().getStrVal())
                    .isEqualTo("http");
            assertThat(container.getPorts())
                    .as(name)
                    .anyMatch(port -> port.getName().equals("http") && port.getContainerPort() == 8080);
        });
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void hasNoRightInTheClusterButThatOfGatewaysToFollowTheirPods(String values) {
        Manifests manifests = Chart.with(values).render();
        boolean watches = !values.equals("everything");
        for (ServiceAccount account : manifests.of(ServiceAccount.class)) {
            assertThat(account.getAutomountServiceAccountToken())
                    .as(account.getMetadata().getName())
                    .isFalse();
        }
        manifests
                .pods()
                .forEach((name, pod) -> assertThat(pod.getSpec().getAutomountServiceAccountToken())
                        .as(name)
                        .isEqualTo(watches && name.endsWith("-gateway")));
        assertThat(manifests.of(Role.class)).hasSize(watches ? 1 : 0);
        assertThat(manifests.of(RoleBinding.class)).hasSize(watches ? 1 : 0);
        manifests
                .of(Role.class)
                .forEach(role -> assertThat(role.getRules()).singleElement().satisfies(rule -> {
                    assertThat(rule.getApiGroups()).containsExactly("discovery.k8s.io");
                    assertThat(rule.getResources()).containsExactly("endpointslices");
                    assertThat(rule.getVerbs()).containsExactly("list", "watch");
                }));
    }

    @ParameterizedTest
    @MethodSource(Chart.EVERY_FILE)
    void beginsAnewWhenItsVariablesChange(String values) {
        pods(values)
                .forEach((name, pod) ->
                        assertThat(pod.getMetadata().getAnnotations()).as(name).containsKey("checksum/config"));
        assertThat(checksum(Chart.with(values))).isEqualTo(checksum(Chart.with(values)));
        assertThat(checksum(Chart.with(values).set("gateway.drainSeconds", 7)))
                .isNotEqualTo(checksum(Chart.with(values)));
    }

    private static String checksum(Chart chart) {
        return chart.render()
                .pod("release-foretoken-gateway")
                .getMetadata()
                .getAnnotations()
                .get("checksum/config");
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static Map<String, PodTemplateSpec> pods(String values) {
        Map<String, PodTemplateSpec> pods = Chart.with(values).render().pods();
        assertThat(pods).hasSizeGreaterThanOrEqualTo(3);
        return pods;
    }
}
