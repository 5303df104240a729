package dev.foretoken.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.KeyHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {

    private final Authenticator authenticator = new Authenticator(List.of("first-key-123", "second-key-456"));

    @Test
    void knowsEveryKeyAndGivesEachItsOwnTenant() {
        Caller first = authenticator.authenticate("Bearer first-key-123");
        Caller second = authenticator.authenticate("bearer  second-key-456");
        assertThat(first.tenant()).isNotEqualTo(second.tenant()).isNotEmpty();
        assertThat(first.tenant()).doesNotContain("first");
        assertThat(authenticator.authenticate("Bearer first-key-123")).isEqualTo(first);
    }

    @Test
    void refusesACallerWithoutTheKey() {
        for (String header : new String[] {null, "", "Bearer ", "Bearer first-key-12", "Basic first-key-123"}) {
            assertThatThrownBy(() -> authenticator.authenticate(header))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED));
        }
    }

    /** A clock is read where a file is looked at. */
    @Test
    void tellsAtOnceWhatNeedsNoFileAndNothingElse(@TempDir Path folder) throws IOException {
        String key = KeyHash.newKey(new Random(1));
        Path file = Files.writeString(
                folder.resolve("tenants.yaml"),
                "tenants: [{id: a, keys: ['" + KeyHash.of(key, new Random(2)).text() + "']}]");
        AtomicInteger looks = new AtomicInteger();
        Authenticator both = new Authenticator(
                List.of("first-key-123"),
                new Identities(Optional.of(file), Optional.empty(), Optional.empty()),
                looks::getAndIncrement);
        looks.set(0);
        assertThat(both.atOnce("Bearer first-key-123")).isPresent();
        assertThat(both.atOnce("Bearer " + key)).isEmpty();
        assertThat(both.atOnce("Bearer nobodys-key-123456")).isEmpty();
        assertThatThrownBy(() -> both.atOnce(null)).isInstanceOf(ForetokenException.class);
        assertThat(looks).hasValue(0);
        assertThat(both.authenticate("Bearer " + key).tenant()).isEqualTo("a");
        assertThat(looks).hasPositiveValue();
        assertThatThrownBy(() -> authenticator.atOnce("Bearer nobodys-key-123456"))
                .isInstanceOf(ForetokenException.class);
        assertThat(new Authenticator(List.of()).atOnce(null)).contains(Caller.LOCAL);
    }

    @Test
    void aKeyOfATenantOpensToItAndAWrongOneToNobody(@TempDir Path folder) throws IOException {
        String key = KeyHash.newKey(new Random(1));
        Path file = Files.writeString(
                folder.resolve("tenants.yaml"),
                "tenants: [{id: a, weight: 300, keys: ['"
                        + KeyHash.of(key, new Random(2)).text() + "']}]");
        Authenticator both = new Authenticator(
                List.of("first-key-123"),
                new Identities(Optional.of(file), Optional.empty(), Optional.empty()),
                () -> 0);
        assertThat(both.authenticate("Bearer " + key).account().weight()).isEqualTo(300);
        assertThat(both.authenticate("Bearer first-key-123").tenant()).startsWith("key-");
        for (String wrong : List.of(
                key + "0", key.substring(1), KeyHash.of(key, new Random(2)).text())) {
            assertThatThrownBy(() -> both.authenticate("Bearer " + wrong))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                        assertThat(e).hasMessageNotContaining(wrong);
                    });
        }
    }

    @Test
    void letsEveryoneInWhenNoKeyIsSet() {
        assertThat(new Authenticator(List.of()).authenticate(null)).isEqualTo(Caller.LOCAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "with a space", "umlaut-ä-12345"})
    void refusesAKeyThatCannotBeAHeader(String key) {
        assertThatThrownBy(() -> new Authenticator(List.of(key)))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("gateway.api-key")
                .hasMessageNotContaining(key);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost:8080, true",
        "127.0.0.1, LOCALHOST, true",
        "127.0.0.1, 127.0.0.1:1, true",
        "127.0.0.1, [::1]:8080, true",
        "127.0.0.1, evil.example, false",
        "127.0.0.1, localhost.evil.example, false",
        "127.0.0.1, , false",
        "127.0.0.9, 127.0.0.9, true",
        "::1, [::1], true",
        "0.0.0.0, anything.example, true",
    })
    void answersOnLoopbackOnlyToLoopbackNames(String bind, String header, boolean allowed) {
        assertThat(new HostNames(bind, List.of()).allows(header)).isEqualTo(allowed);
    }

    @Test
    void answersToFurtherNamesAndThenToNoOther() {
        HostNames names = new HostNames("0.0.0.0", List.of("Api.Example"));
        assertThat(names.allows("api.example:443")).isTrue();
        assertThat(names.allows("other.example")).isFalse();
    }
}
