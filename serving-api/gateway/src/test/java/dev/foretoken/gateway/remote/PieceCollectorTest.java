package dev.foretoken.gateway.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.foretoken.wire.tensor.PieceCollector;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceCollectorTest {

    @Test
    void takesNoMemoryForBytesThatAreOnlyAnnounced() {
        PieceCollector collector = new PieceCollector(List.of(1L << 40), 1L << 41);
        collector.add(ByteString.copyFrom(new byte[1000]));
        assertThat(collector.isComplete()).isFalse();
    }

    @Test
    void putsPiecesOfAnySizeTogetherAgain() {
        byte[] bytes = new byte[300_001];
        new Random(3).nextBytes(bytes);
        ByteString all = ByteString.copyFrom(bytes);
        PieceCollector collector = new PieceCollector(List.of(0L, 7L, 299_993L, 0L, 1L), 300_001);
        for (int at = 0; at < bytes.length; at += 1009) {
            assertThat(collector.isComplete()).isFalse();
            collector.add(all.substring(at, Math.min(bytes.length, at + 1009)));
        }
        assertThat(collector.isComplete()).isTrue();
        ByteString back = collector.data().stream()
                .map(data -> ByteString.copyFrom(data.toArray(ValueLayout.JAVA_BYTE)))
                .reduce(ByteString.EMPTY, ByteString::concat);
        assertThat(back).isEqualTo(all);
        assertThat(collector.data()).extracting(data -> data.byteSize()).containsExactly(0L, 7L, 299_993L, 0L, 1L);
    }

    @Test
    void refusesMoreThanItTakesOrWasTold() {
        assertThatThrownBy(() -> new PieceCollector(List.of(6L, 5L), 10)).hasMessageContaining("at most 10");
        PieceCollector collector = new PieceCollector(List.of(1L), 10);
        assertThatThrownBy(() -> collector.add(ByteString.copyFrom(new byte[2])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
