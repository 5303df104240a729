package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    @Test
    void eventsComeByTimeAndThoseOfOneTimeInTheirOrder() {
        EventQueue queue = new EventQueue();
        Random random = new Random(3);
        for (int i = 0; i < 5000; i++) {
            queue.add(random.nextInt(100), EventQueue.Kind.STEP_END, i);
        }
        List<Long> taken = new ArrayList<>();
        while (!queue.isEmpty()) {
            long time = queue.nextTime();
            queue.take();
            assertThat(queue.kind()).isEqualTo(EventQueue.Kind.STEP_END);
            taken.add(time << 20 | queue.subject());
        }
        assertThat(taken).hasSize(5000).isSorted();
    }

    @Test
    void whatAnEventIsComesBack() {
        EventQueue queue = new EventQueue();
        for (EventQueue.Kind kind : EventQueue.Kind.values()) {
            queue.add(1, kind, (1 << 20) - 1);
            queue.take();
            assertThat(queue.kind()).isEqualTo(kind);
            assertThat(queue.subject()).isEqualTo((1 << 20) - 1);
        }
    }
}
