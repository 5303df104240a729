package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.engine.EngineEvent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    private static final long PATIENCE = Duration.ofMinutes(2).toNanos();
    private static final int EVENTS = 200_000;

    private static EngineEvent event(int position) {
        return new EngineEvent.TokenGenerated(0, 1, position, null);
    }

    @Test
    void aReaderThatParksBetweenEventsGetsAllOfThemInOrder() throws InterruptedException {
        EventQueue queue = new EventQueue(EVENTS);
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < EVENTS; i++) {
                queue.put(event(i));
                if (i % 1000 == 0) {
                    Thread.yield();
                }
            }
        });
        for (int i = 0; i < EVENTS; i++) {
            assertThat(queue.poll(PATIENCE)).isEqualTo(event(i));
        }
        writer.join();
        assertThat(queue.poll()).isNull();
    }

    @Test
    void waitsNoLongerThanItIsTold() throws InterruptedException {
        assertThat(new EventQueue(1).poll(1000)).isNull();
        assertThat(new EventQueue(1).poll(0)).isNull();
    }

    @Test
    void refusesMoreEventsThanWerePromised() {
        EventQueue queue = new EventQueue(1);
        queue.put(event(0));
        assertThatThrownBy(() -> queue.put(event(1))).hasMessageContaining("more than 1 events");
    }

    @Test
    void anInterruptedReaderStopsWaiting() throws InterruptedException {
        EventQueue queue = new EventQueue(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue.poll(PATIENCE)).isInstanceOf(InterruptedException.class);
        queue.put(event(0));
        assertThat(queue.poll(PATIENCE)).isEqualTo(event(0));
    }
}
