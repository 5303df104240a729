package dev.foretoken.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.ServiceLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantFileTest {

    private static final String KEY = "a-key-that-somebody-chose";
    private static final long SECOND = 1_000_000_000;

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private long now;

    private TenantFile file(String text) throws IOException {
        return new TenantFile(Files.writeString(folder.resolve("tenants.yaml"), text), () -> now);
    }

    private void change(String text, int secondsLater) throws IOException {
        Path path = Files.writeString(folder.resolve("tenants.yaml"), text);
        Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH.plusSeconds(secondsLater)));
    }

    @Test
    void readsYamlAndJsonAlike() throws IOException {
        String hash = KeyHash.of(KEY, random).text();
        Tenant yaml = file("""
                tenants:
                  - id: team-a
                    keys: ["%s"]
                    weight: 300
                    highest-priority: standard
                    requests-per-minute: 600
                    tokens-per-minute: 100000
                    concurrent-requests: 20
                """.formatted(hash)).current().ofKey(KEY).orElseThrow();
        Tenant json = file("""
                {"tenants": [{"id": "team-a", "keys": ["%s"], "weight": 300, "highest-priority": "standard",
                  "requests-per-minute": 600, "tokens-per-minute": 100000, "concurrent-requests": 20}]}
                """.formatted(hash)).current().ofKey(KEY).orElseThrow();
        assertThat(yaml)
                .isEqualTo(json)
                .isEqualTo(new Tenant("team-a", Priority.NORMAL, 300, new TenantLimits(600, 100_000, 20)));
    }

    @Test
    void whatIsNotSaidIsNotLimited() throws IOException {
        assertThat(file("tenants: [{id: a}]").current().ofId("a")).contains(Tenant.of("a"));
    }

    @Test
    void isReadAgainWhenItHasChanged() throws IOException {
        TenantFile file = file("tenants: [{id: a}]");
        change("tenants: [{id: a}, {id: b}]", 7);
        assertThat(file.current().ofId("b")).as("within the second").isEmpty();
        now += SECOND;
        assertThat(file.current().ofId("b")).isPresent();
    }

    @Test
    void staysAsItWasWhileItCannotBeRead() throws IOException {
        TenantFile file = file("tenants: [{id: a}]");
        change("tenants: [{id: ", 7);
        now += SECOND;
        assertThat(file.current().ofId("a")).isPresent();
        Files.delete(folder.resolve("tenants.yaml"));
        now += SECOND;
        assertThat(file.current().ofId("a")).isPresent();
        change("tenants: [{id: c}]", 9);
        now += SECOND;
        assertThat(file.current().ofId("a")).isEmpty();
        assertThat(file.current().ofId("c")).isPresent();
    }

    @Test
    void isTriedAgainThoughItLooksLikeTheOneThatCouldNotBeRead() throws IOException {
        TenantFile file = file("tenants: [{id: a}]");
        change("tenants: [{id: b}[", 7);
        now += SECOND;
        assertThat(file.current().ofId("a")).isPresent();
        change("tenants: [{id: b}]", 7);
        now += SECOND;
        assertThat(file.current().ofId("b")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tenants: []",
                "tenants: [{id: a, id: a}]",
                "tenants: [{id: a}, {id: a}]",
                "tenants: [{id: ''}]",
                "tenants: [{id: 'with space'}]",
                "tenants: [{id: key-0123456789abcdef}]",
                "tenants: [{id: a, wieght: 3}]",
                "tenants: [{id: a, weight: 0}]",
                "tenants: [{id: a, weight: 10001}]",
                "tenants: [{id: a, weight: -5000000000}]",
                "tenants: [{id: a, concurrent-requests: -5000000000}]",
                "tenants: [{id: a, weight: 1.5}]",
                "tenants: [{id: a, requests-per-minute: -1}]",
                "tenants: [{id: a, highest-priority: royal}]",
                "tenants: [{id: a, keys: a-key-that-somebody-chose}]",
                "tenants: [{id: a, keys: [a-key-that-somebody-chose]}]",
                "tenants: [{id: a, a-key-that-somebody-chose: 1}]",
                "tenants: [a-key-that-somebody-chose",
            })
    void refusesWhatCannotBeAndNeverRepeatsAKey(String text) {
        assertThatThrownBy(() -> file(text))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("tenant")
                .hasMessageNotContaining(KEY);
    }

    @Test
    void aKeyIsKeptSaltedAndNotShown() {
        KeyHash one = KeyHash.of(KEY, random);
        KeyHash other = KeyHash.of(KEY, random);
        assertThat(one.text()).isNotEqualTo(other.text()).doesNotContain(KEY);
        assertThat(KeyHash.parse(one.text()).matches(KEY)).isTrue();
        assertThat(one.matches(KEY + "x")).isFalse();
        assertThat(one.toString()).isEqualTo("KeyHash");
        assertThatThrownBy(() -> KeyHash.of("fifteen-letters", random))
                .isInstanceOf(ForetokenException.class)
                .hasMessageNotContaining("fifteen");
        assertThat(KeyHash.newKey(random)).matches("ft-[0-9a-f]{64}").isNotEqualTo(KeyHash.newKey(random));
    }

    @Test
    void aTenantIsServedNoMoreUrgentlyThanItsCeilingAndByItsWeight() {
        Tenant tenant = new Tenant("t", Priority.LOW, 250, TenantLimits.NONE);
        assertThat(tenant.serve(ServiceLevel.DEFAULT.withPriority(Priority.HIGH)))
                .isEqualTo(ServiceLevel.DEFAULT.withPriority(Priority.LOW).withWeight(250));
        assertThat(tenant.serve(ServiceLevel.DEFAULT.withPriority(Priority.BATCH))
                        .priority())
                .isEqualTo(Priority.BATCH);
    }
}
