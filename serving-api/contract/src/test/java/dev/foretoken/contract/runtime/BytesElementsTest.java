package dev.foretoken.contract.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class BytesElementsTest {

    private static final MemorySegment THREE = BytesElements.of(List.of("ab", "", "c"));

    private static MemorySegment bytes(int... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) values[i];
        }
        return MemorySegment.ofArray(data);
    }

    @Test
    void eachElementStandsBehindItsLittleEndianLength() {
        assertThat(THREE.toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(2, 0, 0, 0, 'a', 'b', 0, 0, 0, 0, 1, 0, 0, 0, 'c');
        assertThat(BytesElements.texts(THREE)).containsExactly("ab", "", "c");
        assertThat(BytesElements.count(THREE)).isEqualTo(3);
        assertThat(BytesElements.texts(MemorySegment.ofArray(new byte[0]))).isEmpty();
    }

    @Test
    void elementsAreSkippedFromAnyPlace() {
        assertThat(BytesElements.skip(THREE, 0, 0)).isZero();
        assertThat(BytesElements.skip(THREE, 0, 2)).isEqualTo(10);
        assertThat(BytesElements.skip(THREE, 6, 2)).isEqualTo(THREE.byteSize());
        assertThatThrownBy(() -> BytesElements.skip(THREE, 6, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at byte 15");
    }

    @Test
    void nothingIsReadBeyondTheEnd() {
        List<MemorySegment> broken = List.of(
                bytes(1), bytes(0, 0, 0), bytes(1, 0, 0, 0), bytes(0, 0, 0, 0, 0), bytes(-1, -1, -1, -1, 7, 7, 7, 7));
        for (MemorySegment data : broken) {
            assertThat(BytesElements.count(data)).isEqualTo(-1);
            assertThatThrownBy(() -> BytesElements.slices(data)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(BytesElements.end(bytes(0, 0, 0, 0, 0), 0)).isEqualTo(4);
        assertThat(BytesElements.end(bytes(2, 0, 0, 0, 0), 0)).isEqualTo(-1);
    }
}
