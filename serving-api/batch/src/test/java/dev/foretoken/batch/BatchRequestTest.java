package dev.foretoken.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRequestTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "request-1", "with space", "~!\"#"})
    void takesIdsOfPrintableCharacters(String id) {
        assertThat(new BatchRequest(id, BatchEndpoint.COMPLETIONS, new byte[0]).id())
                .isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two\nlines", "\u007f", "\u00e9", "\t"})
    void refusesOtherIds(String id) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatchRequest(id, BatchEndpoint.COMPLETIONS, new byte[0]));
    }

    @Test
    void idsHaveALimit() {
        assertThat(BatchRequest.isId("x".repeat(256))).isTrue();
        assertThat(BatchRequest.isId("x".repeat(257))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void endpointsAreFoundByTheirPath(BatchEndpoint endpoint) {
        assertThat(BatchEndpoint.of(endpoint.path())).contains(endpoint);
        assertThat(BatchEndpoint.of(endpoint.path() + "/")).isEqualTo(Optional.empty());
    }
}
