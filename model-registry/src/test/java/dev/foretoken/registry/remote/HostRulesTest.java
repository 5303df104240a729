package dev.foretoken.registry.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRulesTest {

    private final HostRules rules = HostRules.defaults().with(List.of("mirror.example:8443"), List.of("10.0.0.7:5000"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://huggingface.co/a",
                "https://HuggingFace.co/a",
                "https://cdn-lfs.huggingface.co/a",
                "https://cas-bridge.xethub.hf.co/a?X-Amz=1",
                "https://mirror.example:8443/a",
                "https://10.0.0.7:5000/v2/",
                "http://10.0.0.7:5000/v2/",
            })
    void allowsWhatIsListed(String uri) {
        rules.requireAllowed(URI.create(uri));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://huggingface.co/a",
                "ftp://huggingface.co/a",
                "file:///etc/passwd",
                "https://huggingface.co.evil.example/a",
                "https://evilhuggingface.co/a",
                "https://hf.co/a",
                "https://user@huggingface.co/a",
                "https://huggingface.co@evil.example/a",
                "https://huggingface.co./a",
                "https://mirror.example/a",
                "https://mirror.example:443/a",
                "https://10.0.0.7:5001/v2/",
                "https://127.0.0.1/a",
                "https://[::1]/a",
                "https://2130706433/a",
                "https://0x7f.1/a",
                "https:huggingface.co",
                "/relative",
            })
    void refusesWhatIsNot(String uri) {
        assertThatThrownBy(() -> rules.requireAllowed(URI.create(uri)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "192.0.2.1",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001::1",
                "2001:db8::1",
            })
    void refusesSpecialAddressesOfPublicHosts(String address) throws Exception {
        InetAddress found = InetAddress.getByName(address);
        assertThatThrownBy(() -> rules.requireAllowed("huggingface.co", found))
                .hasMessageContaining("inside this network")
                .hasMessageNotContaining(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.1.1.1", "172.32.0.1", "100.128.0.1", "8.8.8.8", "2606:4700::1", "2a00::1"})
    void allowsGlobalAddresses(String address) throws Exception {
        rules.requireAllowed("huggingface.co", InetAddress.getByName(address));
    }

    @Test
    void allowsSpecialAddressesOfPrivateHosts() throws Exception {
        rules.requireAllowed("10.0.0.7", InetAddress.getByName("10.0.0.7"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://a.example", "*", "a_b", "a/b", "*.*.example", "a:123456", "-a.example"})
    void refusesEntriesThatAreNoHosts(String entry) {
        assertThatThrownBy(() -> new HostRules(List.of(entry), List.of()))
                .hasMessageContaining("--allow-host has '" + entry + "'");
    }

    @Test
    void refusesWildcardsForPrivateHosts() {
        assertThatThrownBy(() -> new HostRules(List.of(), List.of("*.corp.example")))
                .hasMessageContaining("without *");
    }
}
