package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0,0", "123,123", "1k,1024", "512m,536870912", "8g,8589934592", "1.5GiB,1610612736", "2GB,2147483648"})
    void sizesHaveUnits(String text, long bytes) {
        assertThat(new ByteSize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"-1", "x", "1q", "NaN", "''", "99999999t"})
    void aSizeThatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> new ByteSize().convert(text)).hasMessageContaining("is not a size");
    }
}
