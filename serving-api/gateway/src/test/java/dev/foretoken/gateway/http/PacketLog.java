package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps packets, and who wrote them. */
final class PacketLog implements PacketSink {

    private final StringBuilder text = new StringBuilder();
    private final List<Thread> writers = new ArrayList<>();
    private boolean room = true;
    private boolean gone;

    @Override
    public synchronized boolean hasRoom() {
        return room;
    }

    @Override
    public void write(byte[] packet) {
        writeNow(packet);
    }

    @Override
    public synchronized void writeNow(byte[] packet) {
        if (gone) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the client has left");
        }
        text.append(new String(packet, StandardCharsets.UTF_8));
        writers.add(Thread.currentThread());
    }

    synchronized void refuseRoom(boolean refused) {
        room = !refused;
    }

    synchronized void leave() {
        gone = true;
    }

    synchronized void clear() {
        text.setLength(0);
        writers.clear();
    }

    synchronized String text() {
        return text.toString();
    }

    synchronized Set<Thread> writers() {
        return new HashSet<>(writers);
    }

    synchronized Thread lastWriter() {
        return writers.getLast();
    }

    /** Returns when something was written and {@code reader} waits for more: it has given its turn away. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing tells that a thread waits
    void awaitIdle(Thread reader) {
        while (text().isEmpty()) {
            Thread.yield();
        }
        awaitWaiting(reader);
    }

    /** Returns when {@code reader} waits: it has given its turn away. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing tells that a thread waits
    void awaitWaiting(Thread reader) {
        while (reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.yield();
        }
    }
}
