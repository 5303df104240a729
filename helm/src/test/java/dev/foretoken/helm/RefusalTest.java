package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that are missing, or do not fit together, are refused with the YAML to add. */
class RefusalTest {

    @Test
    void saysEverythingThatIsMissingAtOnce() {
        assertThatThrownBy(() -> Chart.plain().render())
                .hasMessageContainingAll("Values are missing, or do not fit together:", """
                        There is no image to run: none is published, deploy/images builds them.
                        Please set:
                        image:
                          repository: registry.example.com/foretoken
                        """, """
                        There are no credentials, and none are made up: callers need API keys, gateways and pods a secret that they share.
                        Please create the Secret:
                        kubectl create secret generic foretoken-credentials --from-file=api-keys --from-file=pod-credential --from-file=operator-key
                        and set:
                        credentials:
                          existingSecret: foretoken-credentials
                        """, """
                        Prompts and answers would be readable on the network between gateways and pods.
                        Please set:
                        tls:
                          pods:
                            existingSecret: foretoken-pod-tls   # tls.crt, tls.key, ca.crt
                        or, where the network is encrypted below them:
                        tls:
                          pods:
                            plaintext: true
                        """, """
                        There is nothing to serve.
                        Please set, for example:
                        variants:
                          - name: toy
                            model: toy:prod
                        """);
    }

    @Test
    void saysNothingOfWhatIsThere() {
        assertThatThrownBy(() -> Chart.with("minimal")
                        .set("credentials.existingSecret", "")
                        .render())
                .message()
                .contains("There are no credentials")
                .doesNotContain("There is no image", "readable on the network", "nothing to serve");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(
                        "tls: {pods: {plaintext: true}}",
                        "Gateways and pods either talk by TLS or in plaintext, not both.\nPlease set one of:\ntls:\n  pods:\n    existingSecret: foretoken-pod-tls\n    plaintext: false"),
                Arguments.of(
                        "tls: {edge: {clientCertificates: true}}",
                        "Callers can only show certificates over TLS.\nPlease set:\ntls:\n  edge:\n    existingSecret: foretoken-tls"),
                Arguments.of(
                        "variants: [{name: a, model: a=/models/a}, {name: a, model: b=/models/b}]",
                        "Two groups of runtime pods have the name a.\nPlease set another name:\nvariants:\n  - name: a-2\n    model: b=/models/b"),
                Arguments.of(
                        "variants: [{name: a, model: x=/models/a}, {name: b, model: x=/models/b}]",
                        "Two groups serve different models under the name x: x=/models/a and x=/models/b.\nPlease set another name for one of them:\nvariants:\n  - name: b\n    model: x-2=/models/b"),
                Arguments.of(
                        "{registry: {enabled: false}, variants: [{name: a, model: 'toy:prod'}]}",
                        "toy:prod of the group a is a name of the registry, which gateways and pods read from its database and blobs, or ask for where it has neither.\nPlease set:\nregistry:\n  enabled: true\n  database:\n    existingSecret: foretoken-database"),
                Arguments.of(
                        "variants: [{name: a, model: 'toy:prod'}]",
                        "Gateways and pods ask the registry by HTTP with a key, which would be readable on the network.\nPlease set:\ntls:\n  edge:\n    existingSecret: foretoken-tls"),
                Arguments.of(
                        "{tls: {edge: {existingSecret: foretoken-tls, clientCertificates: true}, pods: {existingSecret: '', plaintext: true}}, variants: [{name: a, model: 'toy:prod'}]}",
                        "Gateways and pods ask the registry by HTTP, which asks them for a certificate: the one that they show to one another, and there is none.\nPlease set:\ntls:\n  pods:\n    existingSecret: foretoken-pod-tls   # tls.crt, tls.key, ca.crt\n    plaintext: false\nor"),
                Arguments.of(
                        "{gateway: {holdSeconds: 60}, variantDefaults: {autoscaling: {kind: hpa, minReplicas: 0}}}",
                        "The group toy would have no pod while nobody asks, and then nobody would be answered: KEDA starts pods by what gateways hold.\nPlease set:\ngateway:\n  holdSeconds: 300"),
                Arguments.of(
                        "variantDefaults: {autoscaling: {kind: keda, minReplicas: 0, keda: {serverAddress: 'http://p'}}}",
                        "The group toy would have no pod while nobody asks"),
                Arguments.of(
                        "variants: [{name: a, model: x=/elsewhere/a}]",
                        "x=/elsewhere/a of the group a is no path below /models, where the claim is mounted.\nPlease set:\nvariants:\n  - name: a\n    model: x=/models/FOLDER"),
                Arguments.of(
                        "models: {existingClaim: ''}",
                        "toy=/models/toy of the group toy is a path in a claim, and there is none.\nPlease set:\nmodels:\n  existingClaim: models"),
                Arguments.of(
                        "variantDefaults: {device: {kind: cuda, resource: ''}}",
                        "Pods of the group toy compute on a GPU, and nothing says which.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    device:\n      kind: cuda\n      resource: nvidia.com/gpu"),
                Arguments.of(
                        "variantDefaults: {device: {kind: cuda, visibleDevices: '1'}}",
                        "Pods of the group toy are given a GPU by the device plugin, which sets CUDA_VISIBLE_DEVICES itself.\nPlease set one of:"),
                Arguments.of(
                        "variantDefaults: {device: {visibleDevices: '1'}}",
                        "Pods of the group toy compute on CPUs and see no GPU.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    device:\n      kind: cuda\n      resource: \"\"\n      visibleDevices: \"1\""),
                Arguments.of(
                        "variantDefaults: {autoscaling: {kind: keda}}",
                        "KEDA scales the group toy by what Prometheus knows, and no Prometheus is named.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    autoscaling:\n      kind: keda\n      keda:\n        serverAddress: http://"),
                Arguments.of(
                        "variantDefaults: {autoscaling: {kind: hpa, batchLag: 100}}",
                        "The group toy is to be scaled by requests of batch topics, of which KEDA alone knows.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    autoscaling:\n      kind: keda"),
                Arguments.of(
                        "variantDefaults: {autoscaling: {kind: hpa, minReplicas: 5}}",
                        "The group toy would have at least 5 pods and at most 4.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    autoscaling:\n      maxReplicas: 5"),
                Arguments.of(
                        "variantDefaults: {maxSurge: 0}",
                        "The group toy could never be updated: no pod may be more, and none fewer.\nPlease set:\nvariants:\n  - name: toy\n    model: toy=/models/toy\n    maxUnavailable: 1"),
                Arguments.of(
                        "variantDefaults: {options: {pod-credential: hunter2}}",
                        "variants (toy).options has the secret pod-credential, which would stand in a ConfigMap for many to read.\nPlease put it into a Secret and set:\ncredentials:"),
                Arguments.of(
                        "gateway: {options: {api-key: hunter2}}",
                        "gateway.options has the secret api-key, which would stand in a ConfigMap"),
                Arguments.of(
                        "registry: {options: {port: 80}}",
                        "registry.options has port, which the chart sets from values of its own.\nPlease take it out:"),
                Arguments.of(
                        "gateway: {options: {tls-cert: /tmp/x}}",
                        "gateway.options has tls-cert, which the chart sets from values of its own."),
                Arguments.of(
                        "registry: {database: {existingSecret: db}}",
                        "The database and the blobs could not be reached: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  registryEgress:"),
                Arguments.of(
                        "gateway: {autoscaling: {enabled: true, minReplicas: 20}}",
                        "There would be at least 20 gateways and at most 10.\nPlease set:\ngateway:\n  autoscaling:\n    maxReplicas: 20"),
                Arguments.of(
                        "tenants: {tokens: {existingSecret: keys, issuer: https://login.example.com}}",
                        "Tokens are believed only of one issuer and for one audience.\nPlease set:\ntenants:\n  tokens:"),
                Arguments.of(
                        "gateway: {options: {jwt-keys: /tmp/x}}",
                        "gateway.options has jwt-keys, which the chart sets from values of its own."),
                Arguments.of(
                        "gateway: {options: {otlp-endpoint: 'http://collector:4318'}}",
                        "The collector of traces could not be reached by gateways: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  gatewayEgress:"),
                Arguments.of(
                        "batch: {brokers: 'kafka:9092'}",
                        "Kafka's brokers could not be reached by gateways: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  gatewayEgress:"),
                Arguments.of(
                        "batch: {files: {existingClaim: b}, database: {existingSecret: db}}",
                        "The database of batches could not be reached by gateways: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  gatewayEgress:"),
                Arguments.of(
                        "batch: {client: {existingSecret: kafka}}",
                        "There are settings for clients of Kafka, and no brokers.\nPlease set:\nbatch:\n  brokers:"),
                Arguments.of(
                        "batch: {files: {existingClaim: b}}",
                        "Gateways share the files of batches, and nothing says where they share what is known of them.\nPlease set:\nbatch:\n  database:\n    existingSecret:"),
                Arguments.of(
                        "batch: {database: {existingSecret: db}}",
                        "There is a database of batches, and no place for their files.\nPlease set:\nbatch:\n  files:\n    existingClaim:"),
                Arguments.of(
                        "tenants: {limitsDatabase: {existingSecret: db}}",
                        "There is a database of tenants' limits, and no tenants who have any.\nPlease set:\ntenants:\n  existingSecret:"),
                Arguments.of(
                        "tenants: {existingSecret: t, limitsDatabase: {existingSecret: db}}",
                        "The database of tenants' limits could not be reached by gateways: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  gatewayEgress:"),
                Arguments.of(
                        "{tenants: {existingSecret: t, limitsDatabase: {existingSecret: db}}, networkPolicy: {gatewayEgress: [{ports: [{port: 5432}]}]}, inferencePool: {enabled: true, plaintext: true, dataPlane: [{podSelector: {}}]}}",
                        "The database of tenants' limits could not be reached by runtime pods: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  runtimeEgress:"),
                Arguments.of(
                        "gateway: {rollouts: 'toy:prod to int8'}",
                        "gateway.rollouts is not the JSON object that gateways read.\nPlease set, for example:\ngateway:\n  rollouts:"),
                Arguments.of(
                        "gateway: {options: {rollouts: /tmp/x}}",
                        "gateway.options has rollouts, which the chart sets from values of its own."),
                Arguments.of(
                        "gateway: {options: {batch-instance: one}}",
                        "gateway.options has batch-instance, which would be the same for all pods: they would end one another's work."),
                Arguments.of(
                        "variantDefaults: {options: {otlp-endpoint: 'http://collector:4318'}}",
                        "The collector of traces could not be reached by pods of the group toy: nothing goes out that no rule allows.\nPlease set, for example:\nnetworkPolicy:\n  runtimeEgress:"),
                Arguments.of(
                        "inferencePool: {enabled: true, dataPlane: [{podSelector: {}}]}",
                        "prompts and answers would be readable on the network between them.\nPlease set, where that network is encrypted or trusted:\ninferencePool:\n  plaintext: true"),
                Arguments.of(
                        "inferencePool: {enabled: true, plaintext: true}",
                        "Nobody could ask for endpoints, or ask them: nothing comes in that no rule allows.\nPlease set, for example:\ninferencePool:\n  dataPlane:"),
                Arguments.of(
                        "{inferencePool: {enabled: true, plaintext: true, dataPlane: [{podSelector: {}}]}, tls: {edge: {existingSecret: x, clientCertificates: true}}}",
                        "which it does not show to endpoint pickers.\nPlease set one of:\ninferencePool:\n  enabled: false"),
                Arguments.of(
                        "{inferencePool: {enabled: true, plaintext: true, dataPlane: [{podSelector: {}}]}, variants: [{name: toy, model: 'toy:prod'}]}",
                        "Endpoints of an InferencePool read the registry's database and blobs themselves: they cannot ask for them over HTTP.\nPlease set:\nregistry:"),
                Arguments.of(
                        "gateway: {options: {picker-port: 9002}}",
                        "gateway.options has picker-port, which the chart sets from values of its own."));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void saysWhatToSet(String values, String message) {
        assertThatThrownBy(() -> Chart.render(values)).message().contains(message);
    }

    /** A secret in the wrong place must not reach a log by being refused. */
    @Test
    void doesNotRepeatSecrets() {
        assertThatThrownBy(() -> Chart.render("gateway: {options: {api-key: hunter2}}"))
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void takesTheLeastThatCanBeInstalled() {
        assertThat(Chart.with("minimal").render().pods())
                .containsOnlyKeys(
                        "release-foretoken-gateway", "release-foretoken-runtime-toy", "release-foretoken-registry");
    }
}
