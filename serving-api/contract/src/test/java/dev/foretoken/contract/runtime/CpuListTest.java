package dev.foretoken.contract.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuListTest {

    @Test
    void rangesAndNumbersMayBeMixed() {
        assertThat(CpuList.parse(" 0-3, 8 ").cpus()).isEqualTo(List.of(0, 1, 2, 3, 8));
        assertThat(CpuList.parse("").isAny()).isTrue();
        assertThat(CpuList.parse("0-3,8").first(2)).isEqualTo(CpuList.parse("0-1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5,1,0,1     | 0-1,5
            0,2,4       | 0,2,4
            1023        | 1023
            0-3,2-5,9   | 0-5,9
            """)
    void isWrittenAsShortAsItGets(String text, String shortest) {
        assertThat(CpuList.parse(text)).hasToString(shortest);
        assertThat(CpuList.parse(shortest)).isEqualTo(CpuList.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "3-1", "-1", "1,,2", "0-", "1024", "0-99999", "1;2"})
    void whatIsNoListIsRefused(String text) {
        assertThatThrownBy(() -> CpuList.parse(text))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("cpus=" + text)
                .hasMessageContaining("such as 0-3,8");
    }
}
