package dev.foretoken.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseParserTest {
    private final List<String> events = new ArrayList<>();
    private final SseParser parser = new SseParser(data -> events.add(new String(data, StandardCharsets.UTF_8)));

    @Test
    void everyKindOfLineEndEndsALine() {
        feed("data: a\n\ndata: b\r\n\r\ndata: c\r\r");
        assertThat(events).containsExactly("a", "b", "c");
    }

    @Test
    void severalDataLinesAreJoined() {
        feed("data: a\ndata:\ndata:b\n\n");
        assertThat(events).containsExactly("a\n\nb");
    }

    @Test
    void onlyOneBlankAfterTheColonIsDropped() {
        feed("data:  a\n\n");
        assertThat(events).containsExactly(" a");
    }

    @Test
    void commentsOtherFieldsAndEmptyEventsAreSkipped() {
        feed(": ping\n\nevent: token\nid: 7\ndata: a\nretry: 3\n\ndatabase: b\n\n\n\n");
        assertThat(events).containsExactly("a");
    }

    @Test
    void anUnfinishedEventIsNotDelivered() {
        feed("data: a\n");
        assertThat(events).isEmpty();
        feed("\n");
        assertThat(events).containsExactly("a");
    }

    @Test
    void piecesMayBeCutAtEveryByte() {
        byte[] bytes = "data: häß\r\n\r\ndata: ✓\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            parser.accept(ByteBuffer.wrap(new byte[] {b}));
        }
        assertThat(events).containsExactly("häß", "✓");
    }

    private void feed(String text) {
        parser.accept(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
