package dev.foretoken.helm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Rendered objects, as Kubernetes' types. */
record Manifests(List<HasMetadata> all) {

    private static final KubernetesSerialization TYPES = new KubernetesSerialization();

    static Manifests parse(String yaml) {
        List<HasMetadata> found = new ArrayList<>();
        for (Object document : new Yaml(strict()).loadAll(new StringReader(yaml))) {
            if (document != null) {
                found.add(TYPES.unmarshal(TYPES.asYaml(document)));
            }
        }
        return new Manifests(found);
    }

    /** A key that is there twice is a fault of a template, not a choice. */
    private static SafeConstructor strict() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new SafeConstructor(options);
    }

    <T extends HasMetadata> List<T> of(Class<T> type) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T one(Class<T> type, String name) {
        return of(type).stream()
                .filter(object -> object.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + name + ": there are "
                        + all.stream().map(Manifests::title).toList()));
    }

    List<GenericKubernetesResource> kind(String kind) {
        return of(GenericKubernetesResource.class).stream()
                .filter(object -> object.getKind().equals(kind))
                .toList();
    }

    /** Pods by the name of what makes them. */
    Map<String, PodTemplateSpec> pods() {
        Map<String, PodTemplateSpec> pods = new LinkedHashMap<>();
        of(Deployment.class)
                .forEach(object -> pods.put(
                        object.getMetadata().getName(), object.getSpec().getTemplate()));
        of(StatefulSet.class)
                .forEach(object -> pods.put(
                        object.getMetadata().getName(), object.getSpec().getTemplate()));
        return pods;
    }

    PodTemplateSpec pod(String name) {
        PodTemplateSpec pod = pods().get(name);
        if (pod == null) {
            throw new AssertionError("nothing makes pods named " + name + ": there are " + pods().keySet());
        }
        return pod;
    }

    Container container(String name) {
        return pod(name).getSpec().getContainers().getFirst();
    }

    /** The variables that a pod gets from its ConfigMap, and those that stand in its container; null for what comes from a Secret. */
    Map<String, String> environment(String name) {
        Map<String, String> variables = new LinkedHashMap<>();
        Container container = container(name);
        container
                .getEnvFrom()
                .forEach(from -> variables.putAll(
                        one(ConfigMap.class, from.getConfigMapRef().getName()).getData()));
        container.getEnv().forEach(variable -> variables.put(variable.getName(), variable.getValue()));
        return variables;
    }

    static String title(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }
}
