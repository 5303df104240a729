package dev.foretoken.batch.flight;

import dev.foretoken.batch.Room;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Continuous batching in the least: rows, blocks, a bounded queue, and answers that take their time. Time is counted in ticks. */
final class SimulatedEngine {

    private record Running(int blocks, long endsAt, boolean ofBatch) {}

    private record Waiting(int blocks, int ticks, boolean ofBatch) {}

    private final int rows;
    private final int blocks;
    private final int queue;
    private final Random random;
    private final List<Running> running = new ArrayList<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long tick;
    private int usedBlocks;

    SimulatedEngine(int rows, int blocks, int queue, int seed) {
        this.rows = rows;
        this.blocks = blocks;
        this.queue = queue;
        this.random = new Random(seed);
    }

    /** Whether the request was taken. Interactive ones go before those of the batch. */
    boolean submit(boolean ofBatch, int needed) {
        if (waiting.size() >= queue) {
            return false;
        }
        Waiting one = new Waiting(needed, 20 + random.nextInt(60), ofBatch);
        if (ofBatch) {
            waiting.addLast(one);
        } else {
            waiting.addFirst(one);
        }
        return true;
    }

    void tick() {
        tick++;
        running.removeIf(one -> {
            boolean ended = one.endsAt <= tick;
            usedBlocks -= ended ? one.blocks : 0;
            return ended;
        });
        while (!waiting.isEmpty() && running.size() < rows && usedBlocks + waiting.getFirst().blocks <= blocks) {
            Waiting next = waiting.removeFirst();
            usedBlocks += next.blocks;
            running.add(new Running(next.blocks, tick + next.ticks, next.ofBatch));
        }
    }

    Room room() {
        return new Room(running.size(), waiting.size(), (double) (blocks - usedBlocks) / blocks);
    }

    int running() {
        return running.size();
    }

    /** Requests of the batch that are here. */
    int ofBatch() {
        return (int) (running.stream().filter(Running::ofBatch).count()
                + waiting.stream().filter(Waiting::ofBatch).count());
    }

    int interactive() {
        return running.size() + waiting.size() - ofBatch();
    }
}
