package dev.foretoken.pod;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.wire.pod.v1.Answer;
import dev.foretoken.wire.pod.v1.Event;
import dev.foretoken.wire.pod.v1.Events;
import dev.foretoken.wire.stream.ReadyStream;
import java.time.Duration;
import java.util.Optional;

/** Puts events that are ready together into messages of bounded size. Used by one thread. */
final class EventBatches {

    private static final int MAX_EVENTS = 256;
    private static final int MAX_BYTES = 1 << 20;

    private final ReadyStream<Answer> answers;
    private final Events.Builder batch = Events.newBuilder();
    private int bytes;

    EventBatches(ReadyStream<Answer> answers) {
        this.answers = answers;
    }

    /** Sends {@code first} and what is ready behind it. Returns false when the caller is gone. */
    boolean send(EngineEvent first, Generation source) throws InterruptedException {
        boolean open = add(first);
        while (open && batch.getEventsCount() < MAX_EVENTS) {
            Optional<EngineEvent> more = source.next(Duration.ZERO);
            if (more.isEmpty()) {
                break;
            }
            open = add(more.get());
        }
        return open && flush();
    }

    private boolean add(EngineEvent event) throws InterruptedException {
        boolean open = true;
        for (Event part : EventEncoder.encode(event)) {
            int size = part.getSerializedSize();
            if (bytes > 0 && bytes + size > MAX_BYTES) {
                open = open && flush();
            }
            batch.addEvents(part);
            bytes += size;
        }
        return open;
    }

    private boolean flush() throws InterruptedException {
        Answer message = Answer.newBuilder().setEvents(batch).build();
        batch.clear();
        bytes = 0;
        return answers.send(message);
    }
}
