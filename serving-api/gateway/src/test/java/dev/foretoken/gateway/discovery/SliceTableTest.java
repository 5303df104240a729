package dev.foretoken.gateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.gateway.remote.PodTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SliceTableTest {

    private final SliceTable byName = new SliceTable(new KubernetesService("models", "pods", "grpc"));

    private static void put(SliceTable table, String name, String family, String address, String rest)
            throws JsonProcessingException {
        table.put(new ObjectMapper()
                .readTree("{\"metadata\":{\"name\":\"" + name + "\"},\"addressType\":\"" + family
                        + "\",\"endpoints\":[{\"addresses\":[\"" + address + "\"]" + rest
                        + "}],\"ports\":[{\"name\":\"grpc\",\"port\":9191}]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ,"conditions":{"ready":true,"serving":true,"terminating":false}  | 1
            ,"conditions":{"ready":false,"serving":true,"terminating":true}  | 0
            ,"conditions":{"ready":true,"terminating":true}                  | 0
            ,"conditions":{"ready":false}                                    | 0
            ,"conditions":{"ready":null}                                     | 1
            ,"conditions":{}                                                 | 1
            """)
    void aPodCountsWhileItIsReadyAndDoesNotEnd(String conditions, int pods) throws JsonProcessingException {
        put(byName, "a", "IPv4", "10.0.0.1", conditions.strip());
        assertThat(byName.pods()).hasSize(pods);
    }

    @Test
    void aPodWithTwoFamiliesOfAddressesIsOne() throws JsonProcessingException {
        put(byName, "six", "IPv6", "2001:db8::1", "");
        assertThat(byName.pods()).containsExactly(new PodTarget("2001:db8::1", 9191, "pods.models.svc"));
        put(byName, "four", "IPv4", "10.0.0.1", "");
        assertThat(byName.pods()).containsExactly(new PodTarget("10.0.0.1", 9191, "pods.models.svc"));
    }

    @Test
    void aNumberedPortNeedsNoName() throws JsonProcessingException {
        SliceTable byNumber = new SliceTable(new KubernetesService("models", "pods", "7000"));
        put(byNumber, "a", "IPv4", "10.0.0.1", "");
        assertThat(byNumber.pods()).extracting(PodTarget::port).containsExactly(7000);
        SliceTable unknown = new SliceTable(new KubernetesService("models", "pods", "metrics"));
        put(unknown, "a", "IPv4", "10.0.0.1", "");
        assertThat(unknown.pods()).isEmpty();
    }

    @Test
    void namesAreNoAddresses() throws JsonProcessingException {
        put(byName, "a", "IPv4", "elsewhere.example", "");
        put(byName, "b", "FQDN", "elsewhere.example", "");
        assertThat(byName.pods()).isEmpty();
    }
}
