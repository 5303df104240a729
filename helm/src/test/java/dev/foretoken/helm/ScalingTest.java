package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many pods there are, and who may take some away. */
class ScalingTest {

    private final Manifests everything = Chart.with("everything").render();

    @Test
    void anAutoscalerAsksForQueueAndKvUse() {
        HorizontalPodAutoscaler scaler = scaler("release-foretoken-runtime-chat-q4");
        assertThat(scaler.getSpec().getMinReplicas()).isEqualTo(1);
        assertThat(scaler.getSpec().getMaxReplicas()).isEqualTo(8);
        List<MetricSpec> metrics = scaler.getSpec().getMetrics();
        assertThat(metrics)
                .extracting(metric -> metric.getPods().getMetric().getName())
                .containsExactly("vllm_num_requests_waiting", "vllm_kv_cache_usage_perc");
        assertThat(metrics)
                .extracting(
                        metric -> metric.getPods().getTarget().getAverageValue().toString())
                .containsExactly("4", "800m");
    }

    @Test
    void kedaAsksPrometheusForTheGroupsOwnPods() {
        assertThat(everything.kind("ScaledObject")).singleElement().satisfies(scaled -> {
            assertThat(scaled.<Object>get("spec", "scaleTargetRef", "name"))
                    .isEqualTo("release-foretoken-runtime-chat");
            assertThat(scaled.<Object>get("spec", "maxReplicaCount")).isEqualTo(4);
            assertThat(trigger(scaled, 0))
                    .containsEntry(
                            "query",
                            "sum(vllm:num_requests_waiting{namespace=\"serving\",foretoken_dev_variant=\"chat\"})")
                    .containsEntry("threshold", "4")
                    .containsEntry("serverAddress", "http://prometheus-operated.monitoring.svc:9090");
            assertThat(trigger(scaled, 1))
                    .containsEntry(
                            "query",
                            "sum(vllm:kv_cache_usage_perc{namespace=\"serving\",foretoken_dev_variant=\"chat\"})")
                    .containsEntry("threshold", "0.80");
            assertThat(scaled.<Object>get("spec", "triggers", 0, "authenticationRef", "name"))
                    .isEqualTo("prometheus");
        });
    }

    @Test
    void kvUseIsAShareWhateverItsPercent() {
        for (Map.Entry<Integer, String> share :
                Map.of(5, "0.05", 50, "0.50", 100, "1").entrySet()) {
            assertThat(trigger(
                            Chart.render("""
                                            variantDefaults:
                                              autoscaling: {kind: keda, kvUsePercent: %d, keda: {serverAddress: 'http://p'}}
                                            """.formatted(share.getKey()))
                                    .kind("ScaledObject")
                                    .getFirst(),
                            1))
                    .containsEntry("threshold", share.getValue());
        }
    }

    @Test
    void aGroupWithoutPodsIsStartedByWhatGatewaysHold() {
        GenericKubernetesResource scaled =
                Chart.render("""
                        gateway: {holdSeconds: 300}
                        variantDefaults:
                          autoscaling: {kind: keda, minReplicas: 0, keda: {serverAddress: 'http://p'}}
                        """).kind("ScaledObject").getFirst();
        assertThat(scaled.<Integer>get("spec", "minReplicaCount")).isZero();
        assertThat(scaled.<Integer>get("spec", "cooldownPeriod")).isEqualTo(300);
        assertThat(trigger(scaled, 1))
                .containsEntry("query", "sum(foretoken_held_requests{namespace=\"serving\",model=\"toy\"})")
                .containsEntry("activationThreshold", "0");
    }

    @Test
    void batchesScaleAGroupWhereTheyAreSaidTo() {
        String values = """
                gateway: {holdSeconds: 300}
                variantDefaults:
                  autoscaling: {kind: keda, minReplicas: %d, batchLag: 500, keda: {serverAddress: 'http://p', authenticationRef: a}}
                """;
        GenericKubernetesResource always =
                Chart.render(values.formatted(1)).kind("ScaledObject").getFirst();
        assertThat(trigger(always, 2))
                .containsEntry("query", "sum(foretoken_batch_lag_requests{namespace=\"serving\"})")
                .containsEntry("threshold", "500")
                .containsEntry("serverAddress", "http://p")
                .doesNotContainKey("activationThreshold");
        assertThat(always.<Object>get("spec", "triggers", 2, "authenticationRef", "name"))
                .isEqualTo("a");
        GenericKubernetesResource fromZero =
                Chart.render(values.formatted(0)).kind("ScaledObject").getFirst();
        assertThat(trigger(fromZero, 3)).containsEntry("threshold", "500").containsEntry("activationThreshold", "0");
        assertThat(everything.kind("ScaledObject").getFirst().<List<Object>>get("spec", "triggers"))
                .hasSize(2);
    }

    /** Both would set the number, each undoing the other. */
    @Test
    void whatIsScaledHasNoNumberOfItsOwn() {
        for (String name : List.of(
                "release-foretoken-gateway", "release-foretoken-runtime-chat", "release-foretoken-runtime-chat-q4")) {
            assertThat(everything.one(Deployment.class, name).getSpec().getReplicas())
                    .as(name)
                    .isNull();
        }
        assertThat(Chart.with("minimal")
                        .render()
                        .one(Deployment.class, "release-foretoken-gateway")
                        .getSpec()
                        .getReplicas())
                .isEqualTo(2);
    }

    @Test
    void gatewaysScaleByTheirCpu() {
        HorizontalPodAutoscaler scaler = scaler("release-foretoken-gateway");
        assertThat(scaler.getSpec().getMetrics()).singleElement().satisfies(metric -> {
            assertThat(metric.getResource().getName()).isEqualTo("cpu");
            assertThat(metric.getResource().getTarget().getAverageUtilization()).isEqualTo(70);
        });
        assertThat(everything
                        .container("release-foretoken-gateway")
                        .getResources()
                        .getRequests())
                .as("a share of what is requested")
                .containsKey("cpu");
    }

    @Test
    void everyDeploymentIsEvictedPodByPod() {
        for (Deployment deployment : everything.of(Deployment.class)) {
            PodDisruptionBudget budget = everything.one(
                    PodDisruptionBudget.class, deployment.getMetadata().getName());
            assertThat(budget.getSpec().getMaxUnavailable().getIntVal()).isEqualTo(1);
            assertThat(budget.getSpec().getSelector().getMatchLabels())
                    .isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
        }
    }

    @Test
    void scalersNameDeploymentsThatExist() {
        everything
                .of(HorizontalPodAutoscaler.class)
                .forEach(scaler -> everything.one(
                        Deployment.class, scaler.getSpec().getScaleTargetRef().getName()));
        everything
                .kind("ScaledObject")
                .forEach(scaled -> everything.one(Deployment.class, scaled.get("spec", "scaleTargetRef", "name")));
    }

    private HorizontalPodAutoscaler scaler(String name) {
        return everything.one(HorizontalPodAutoscaler.class, name);
    }

    private static Map<String, Object> trigger(GenericKubernetesResource scaled, int index) {
        return scaled.get("spec", "triggers", index, "metadata");
    }
}
