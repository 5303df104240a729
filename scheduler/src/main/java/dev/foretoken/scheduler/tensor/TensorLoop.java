package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import dev.foretoken.scheduler.loop.LoopLife;
import dev.foretoken.scheduler.loop.LoopPhase;
import dev.foretoken.scheduler.loop.ModelLoop;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One graph at work: the only thread that calls its runtime. Requests come through a bounded mailbox, and their callers wait. While a run is
 * under way others gather, and those that fit run together next. Whatever ends the loop, every accepted request gets an answer or an error.
 */
public final class TensorLoop implements ModelLoop {

    private static final Logger LOG = System.getLogger(TensorLoop.class.getName());
    /** An idle loop looks up this often even if nobody wakes it. */
    private static final Duration IDLE_WAIT = Duration.ofSeconds(10);

    private static final String GIVEN_UP = "this model failed and takes no requests; reload it";
    private static final String STOPS = "this model stops; try another replica";

    private static final Optional<TensorCall> WAKE = Optional.empty();

    /**
     * What a loop is built from.
     *
     * @param memory pays for the caches of open streams
     * @param clock monotonic nanoseconds
     * @param threads makes the loop's one platform thread
     */
    public record Setup(
            TensorRuntime runtime,
            TensorConfig config,
            TensorObserver metrics,
            StateMemory memory,
            DeviceArbiter arbiter,
            LongSupplier clock,
            ThreadFactory threads) {}

    private final Setup setup;
    private final LongSupplier clock;
    private final TensorCheck check;
    private final TensorAccounts accounts;
    private final TensorSessions sessions;
    private final CallQueue queue = new CallQueue();
    private final BatchChoice choice;
    private final TensorRunner runner;
    private final BlockingQueue<Optional<TensorCall>> mailbox;
    private final LoopLife phase = new LoopLife(GIVEN_UP);
    private final Thread thread;
    private volatile int running;

    /** {@link #start} hands the runtime to the loop's thread, which closes it at the end. */
    public TensorLoop(Setup setup) {
        this.setup = setup;
        this.clock = setup.clock();
        TensorConfig config = setup.config();
        RunCost cost = new RunCost();
        JoinRules rules = JoinRules.of(setup.runtime().signature());
        this.check = new TensorCheck(setup.runtime().signature(), rules, config);
        this.accounts = new TensorAccounts(config, cost);
        this.sessions = new TensorSessions(setup.runtime(), config.sessions(), setup.memory());
        this.choice =
                new BatchChoice(rules, config.batch(), cost, setup.runtime().cutsPadding());
        this.runner = new TensorRunner(setup, rules, sessions, cost, () -> phase.get() == LoopPhase.STOPPING);
        this.mailbox = new LinkedBlockingQueue<>(); // the accounts bound what comes here
        this.thread = setup.threads().newThread(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Bytes of memory that a loop may take beside its runtime. */
    public static long scratchBytes(TensorConfig config) {
        return config.batch().maxBytes();
    }

    /**
     * Runs a request and waits for its outputs. An interrupt of the caller cancels it.
     *
     * @throws ForetokenException as {@link dev.foretoken.contract.engine.TensorEngine#infer}
     */
    public TensorAnswer infer(TensorRequest request) {
        try {
            TensorCall call = accept(request);
            return new CallWait(call, clock, this::wake).await();
        } catch (ForetokenException e) {
            setup.metrics().failed(e.code());
            throw e;
        }
    }

    private TensorCall accept(TensorRequest request) {
        TensorWork work = check.check(request);
        phase.refuseUnlessServing();
        TensorCall call = new TensorCall(request, work, clock.getAsLong(), accounts::ended);
        accounts.accept(call);
        Optional<TensorCall> message = Optional.of(call);
        mailbox.add(message);
        if (phase.get() == LoopPhase.ENDED && mailbox.remove(message)) {
            accounts.withdraw(call);
            phase.refuseUnlessServing();
        }
        return call;
    }

    private void wake() {
        if (mailbox.isEmpty()) {
            mailbox.offer(WAKE);
        }
    }

    @Override
    public LoopPhase phase() {
        return phase.get();
    }

    /** Requests and open streams: their caches would be lost. */
    @Override
    public int live() {
        return accounts.live() + sessions.open();
    }

    @Override
    public long lastAccepted() {
        return accounts.lastAccepted();
    }

    @Override
    public int waiting() {
        return accounts.queued();
    }

    @Override
    public int running() {
        return running;
    }

    /** Streams that are open. */
    public int sessions() {
        return sessions.open();
    }

    /** What the caches of open streams take. */
    public long sessionBytes() {
        return sessions.bytes();
    }

    @Override
    public LoadCounters counters() {
        return runner.counters();
    }

    @Override
    public void drain() {
        phase.drain();
        wake();
    }

    @Override
    public void stop() {
        phase.stop();
        wake();
    }

    @Override
    public boolean awaitEnd(Duration patience) throws InterruptedException {
        return phase.awaitClose(patience);
    }

    private void run() {
        try {
            while (!isFinished()) {
                turn();
            }
        } catch (InterruptedException e) {
            LOG.log(Logger.Level.WARNING, "The loop was interrupted and ends");
        } finally {
            end();
        }
    }

    private boolean isFinished() {
        return phase.isFinished(accounts.live());
    }

    /** Whatever fails outside a run, nobody waits for a loop that is no more. */
    private void turn() throws InterruptedException {
        try {
            if (phase.get() == LoopPhase.BROKEN) {
                waitForMail(IDLE_WAIT);
                failEverything(ErrorCode.RUNTIME_FAILED, GIVEN_UP);
            } else {
                work();
            }
        } catch (RuntimeException | Error e) {
            giveUp(e);
        }
    }

    private void giveUp(Throwable cause) {
        LOG.log(Logger.Level.ERROR, "The loop failed and gives its model up", cause);
        phase.giveUp();
        failEverything(ErrorCode.RUNTIME_FAILED, GIVEN_UP);
    }

    private void work() throws InterruptedException {
        takeMail();
        Duration patience = patience(clock.getAsLong());
        if (patience.isPositive()) {
            waitForMail(patience);
            return;
        }
        setup.arbiter().acquire();
        try {
            takeMail(); // those who came while another loop had the device join
            runNext();
        } finally {
            setup.arbiter().release();
        }
    }

    private void takeMail() {
        for (Optional<TensorCall> mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
            mail.ifPresent(queue::add);
        }
        long now = clock.getAsLong();
        queue.dead(now).forEach(call -> bury(call, now));
        sessions.expire(now, queue::hasStream);
    }

    /** Its caller has left, or its time is over; what came of its stream meanwhile cannot be run without it. */
    private void bury(TensorCall call, long now) {
        if (call.giveUp(now)) {
            call.fail(call.late());
        }
        queue.removeFollowers(call, call.givenUpAt()).forEach(follower -> {
            accounts.leftQueue(follower);
            if (follower.giveUp(now)) {
                follower.fail(new ForetokenException(
                        ErrorCode.CANCELLED,
                        "an earlier request of " + call.sessionKey + " was not run; send it and this one again"));
            }
            follower.leave();
        });
        queue.remove(call);
        accounts.leftQueue(call);
        call.leave();
    }

    /** How long to wait for mail before something is run. */
    private Duration patience(long now) {
        TensorCall head = queue.head();
        if (head == null) {
            return sessions.patience(now, IDLE_WAIT);
        }
        Duration delay = setup.config().batch().maxDelay();
        if (delay.isZero() || phase.get() != LoopPhase.SERVING || choice.isFull(next())) {
            return Duration.ZERO;
        }
        return delay.minusNanos(now - head.submittedAt);
    }

    private List<TensorCall> next() {
        return choice.choose(queue.urgent(runner.joins() ? choice.candidates() : 1));
    }

    private void runNext() {
        TensorCall first = queue.head();
        if (first == null) {
            return;
        }
        queue.turn(first);
        List<TensorCall> begun = new ArrayList<>();
        for (TensorCall call : next()) {
            if (call.begin()) {
                queue.remove(call);
                accounts.leftQueue(call);
                begun.add(call);
            }
        }
        if (!begun.isEmpty()) {
            run(begun);
        }
    }

    private void run(List<TensorCall> begun) {
        running = begun.size();
        try {
            runner.run(begun);
        } catch (RuntimeException | Error e) {
            LOG.log(Logger.Level.ERROR, "The loop failed at a run of " + begun.size() + " requests", e);
            begun.forEach(call ->
                    call.fail(new ForetokenException(ErrorCode.INTERNAL_ERROR, "the request could not be run")));
        }
        running = 0;
        begun.forEach(TensorCall::leave);
    }

    private void waitForMail(Duration patience) throws InterruptedException {
        if (!isFinished()) {
            Optional<TensorCall> mail = mailbox.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (mail != null) {
                mail.ifPresent(queue::add);
            }
        }
    }

    private void failEverything(ErrorCode code, String message) {
        List<TensorCall> calls = queue.clear();
        for (Optional<TensorCall> mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
            mail.ifPresent(calls::add);
        }
        for (TensorCall call : calls) {
            accounts.leftQueue(call);
            if (call.begin()) {
                call.fail(new ForetokenException(code, message));
            }
            call.leave();
        }
    }

    private void end() {
        try {
            failEverything(ErrorCode.DRAINING, STOPS);
        } finally {
            phase.end();
            failEverything(ErrorCode.DRAINING, STOPS);
            close();
        }
    }

    private void close() {
        try {
            runner.close();
        } finally {
            try {
                setup.runtime().close();
            } finally {
                phase.close();
            }
        }
    }
}
