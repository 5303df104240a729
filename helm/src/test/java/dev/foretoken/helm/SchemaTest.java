package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Helm refuses by the schema what no template has to think of. */
class SchemaTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            gateway: {replicas: two}                                  | /gateway/replicas
            gateway: {replicas: 0}                                    | /gateway/replicas
            gateway: {drainSeconds: 3601}                             | /gateway/drainSeconds
            gateway: {discovery: consul}                              | /gateway/discovery
            gateway: {replica: 2}                                     | replica
            image: {tag: latest}                                      | /image/tag
            image: {digests: {cpu: sha256:abc}}                       | /image/digests/cpu
            image: {pullPolicy: Sometimes}                            | /image/pullPolicy
            gateway: {options: {max-sessions: [1]}}                   | /gateway/options/max-sessions
            gateway: {options: {MAX_SESSIONS: 1}}                     | MAX_SESSIONS
            variantDefaults: {device: {kind: tpu}}                    | /variantDefaults/device/kind
            variantDefaults: {device: {resource: gpu}}                | /variantDefaults/device/resource
            variantDefaults: {device: {visibleDevices: '0,1'}}        | /variantDefaults/device/visibleDevices
            variantDefaults: {cpus: 1.5}                              | /variantDefaults/cpus
            variantDefaults: {memory: 8}                              | /variantDefaults/memory
            variantDefaults: {loadSeconds: 0}                         | /variantDefaults/loadSeconds
            variantDefaults: {autoscaling: {minReplicas: -1}}         | /variantDefaults/autoscaling/minReplicas
            variantDefaults: {autoscaling: {kvUsePercent: 101}}       | /variantDefaults/autoscaling/kvUsePercent
            variants: [{name: toy}]                                   | model
            variants: [{model: toy}]                                  | name
            variants: [{name: Toy, model: toy}]                       | /variants/0/name
            variants: [{name: toy, model: 'a,b'}]                     | /variants/0/model
            variants: [{name: toy, model: toy, replica: 2}]           | replica
            variants: [{name: toy, model: toy, device: {kind: tpu}}]  | /variants/0/device/kind
            registry: {signatures: maybe}                             | /registry/signatures
            registry: {blobs: {url: 'https://bucket'}}                | /registry/blobs/url
            registry: {volume: {size: 50}}                            | /registry/volume/size
            networkPolicy: {apiServerPorts: ['443']}                  | /networkPolicy/apiServerPorts/0
            inferencePool: {failureMode: Shrug}                       | /inferencePool/failureMode
            """)
    void refuses(String values, String place) {
        assertThatThrownBy(() -> Chart.render(values))
                .message()
                .contains("values don't meet the specifications of the schema")
                .contains(place);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway: {replicas: 3}",
                "image: {tag: 1.2.3}",
                "global: {anything: 1}",
                "variantDefaults: {device: {kind: cuda, resource: nvidia.com/mig-3g.40gb}}",
                "variants: [{name: a, model: a=/models/a, cpus: 2, options: {max-sessions: 8}}]",
                "gateway: {nodeSelector: {kubernetes.io/arch: amd64}}"
            })
    void takes(String values) {
        assertThatCode(() -> Chart.render(values)).doesNotThrowAnyException();
    }

    @Test
    void saysWhatWasWanted() {
        assertThatThrownBy(() -> Chart.render("gateway: {replicas: two}"))
                .message()
                .contains("got string, want integer");
        assertThat(Chart.FOLDER.resolve("values.schema.json")).exists();
    }
}
