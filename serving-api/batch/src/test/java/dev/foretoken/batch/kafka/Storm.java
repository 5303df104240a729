package dev.foretoken.batch.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Workers of a topic that come and go by chance, while somebody asks. At least one of them works at any time. */
final class Storm {

    private static final int MOST_MEMBERS = 4;
    private static final int MOST_PROCESSES = 3;
    /** Of all workers with one that stands still: long enough for those that are only slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    /** Times that a worker is asked for until it is clear that it has no partition. */
    private static final int MOST_ASKED = 20;

    /** What becomes of the members of the group. */
    private enum Change {
        JOIN(false),
        LEAVE(false),
        /** A member stands still until the others have answered all it had. */
        STALL(false),
        /** A member takes another's name while that one still works. */
        REPLACE(false),
        PROCESS(true),
        KILL(true),
        FREEZE(true),
        THAW(true);

        private final boolean needsProcesses;

        Change(boolean needsProcesses) {
            this.needsProcesses = needsProcesses;
        }
    }

    private record Member(String name, BatchWorker worker, StallingExecutor executor) {}

    private final TestTopic topic;
    private final int partitions;
    private final Random random;
    private final boolean hasProcesses;
    private final List<String> ids = new ArrayList<>();
    private final Deque<Member> members = new ArrayDeque<>();
    private final Deque<WorkerProcess> processes = new ArrayDeque<>();
    private final Deque<WorkerProcess> frozen = new ArrayDeque<>();
    private final Deque<Change> next = new ArrayDeque<>();
    private int names;

    /** @param hasProcesses whether some of the workers are processes of their own, which are killed and frozen */
    Storm(TestTopic topic, int partitions, Random random, boolean hasProcesses) {
        this.topic = topic;
        this.partitions = partitions;
        this.random = random;
        this.hasProcesses = hasProcesses;
        join();
    }

    /** All that were asked. */
    List<String> ids() {
        return ids;
    }

    void ask(int requests) {
        List<String> more = IntStream.range(ids.size(), ids.size() + requests)
                .mapToObj(number -> "request-" + number)
                .toList();
        ids.addAll(more);
        topic.request(more);
    }

    /** One change, while these requests run; each kind of them comes as often as the others, in an order by chance. */
    void turn(int requests) throws Exception {
        if (next.isEmpty()) {
            List<Change> all = new ArrayList<>(List.of(Change.values()));
            all.removeIf(change -> change.needsProcesses && !hasProcesses);
            Collections.shuffle(all, random);
            next.addAll(all);
        }
        int before = ids.size();
        ask(requests);
        topic.answers(before + 1 + random.nextInt(requests / 2));
        change(next.remove());
    }

    private void change(Change change) throws Exception {
        switch (change) {
            case JOIN -> join();
            case LEAVE -> leave();
            case STALL -> stall();
            case REPLACE -> replace();
            case PROCESS -> startProcess();
            case KILL -> kill();
            case FREEZE -> freeze();
            case THAW -> thaw();
        }
    }

    private void join() {
        join("w" + names++);
        if (members.size() > MOST_MEMBERS) {
            leave();
        }
    }

    private void join(String name) {
        StallingExecutor executor = new StallingExecutor();
        members.add(new Member(name, StalledWorkerTest.start(topic, name, executor, PATIENCE), executor));
    }

    private void leave() {
        if (members.size() == 1) {
            join();
        }
        members.remove().worker().close();
    }

    private void replace() {
        Member old = members.remove();
        join(old.name());
        old.worker().close();
    }

    /** The oldest, if it has partitions. */
    private void stall() throws Exception {
        if (members.size() == 1) {
            join();
        }
        StallingExecutor executor = members.element().executor();
        executor.stall();
        for (int asks = 0; !executor.isStalled() && asks < MOST_ASKED; asks++) {
            ask(partitions);
            int asked = ids.size();
            Eventually.until("it has one of them, or others do", () -> executor.isStalled() || isAnswered(asked));
        }
        topic.answers(ids.size());
        executor.wake();
    }

    private boolean isAnswered(int count) {
        return topic.byKey(topic.topics().answers(), any -> true).size() >= count;
    }

    private void startProcess() throws Exception {
        processes.add(WorkerProcess.start(topic, "p" + names++, partitions));
        if (processes.size() > MOST_PROCESSES) {
            kill();
        }
    }

    private void kill() {
        if (!processes.isEmpty()) {
            processes.remove().kill();
        }
    }

    private void freeze() throws Exception {
        if (!processes.isEmpty()) {
            WorkerProcess process = processes.remove();
            process.freeze();
            frozen.add(process);
        }
    }

    private void thaw() throws Exception {
        if (!frozen.isEmpty()) {
            WorkerProcess process = frozen.remove();
            process.thaw();
            processes.add(process);
        }
    }

    /** Ends all of them, those that stood still after they had time to do what they had in mind. */
    void end() throws Exception {
        while (!frozen.isEmpty()) {
            thaw();
        }
        members.forEach(member -> member.executor().wake());
        members.forEach(member -> member.worker().close());
        processes.forEach(WorkerProcess::kill);
    }
}
