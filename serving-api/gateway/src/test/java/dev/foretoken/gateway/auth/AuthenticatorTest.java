package dev.foretoken.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import org.junit.jupiter.api.Test;
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
