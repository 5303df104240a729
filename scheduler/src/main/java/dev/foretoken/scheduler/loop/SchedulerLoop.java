package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.scheduler.RequestCheck;
import dev.foretoken.scheduler.Scheduler;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * One variant at work: the only thread that calls its {@link Scheduler} and its runtime. Requests come through a bounded mailbox; cancels
 * are flags with a wake-up. Whatever ends the loop, every accepted sequence gets its last event.
 */
public final class SchedulerLoop implements ModelLoop {

    private static final Logger LOG = System.getLogger(SchedulerLoop.class.getName());
    /** An idle loop looks up this often even if nobody wakes it. */
    private static final Duration IDLE_WAIT = Duration.ofSeconds(10);

    private static final String GIVEN_UP = "this model failed repeatedly and takes no requests; reload it";
    /** Those of some seconds: 64 Ki tokens per second begin and give up 8 Ki blocks of 16. */
    private static final int JOURNAL_CHANGES = 1 << 14;

    private final LoopSetup setup;
    private final Scheduler scheduler;
    private final RequestCheck requests;
    private final LoopAccounts accounts;
    private final LoopCounters counters;
    private final BlockingQueue<Message> mailbox;
    private final LoopLife phase = new LoopLife(GIVEN_UP);
    private final Thread thread;
    private volatile boolean cancelsPending;
    private volatile int running;
    private volatile int usedBlocks;
    private volatile int checkpoints;
    private final LoopWork work;

    /** What the mailbox carries. */
    private sealed interface Message {
        record Submit(LoopGeneration generation) implements Message {}

        record Ask<T>(Supplier<T> work, CompletableFuture<T> answer) implements Message {}

        record Wake() implements Message {}
    }

    private static final Message WAKE = new Message.Wake();

    /** Loop thread only. */
    private final List<LoopGeneration> generations = new ArrayList<>();

    private final PrefixJournal journal = new PrefixJournal(JOURNAL_CHANGES);
    private final StepDriver driver;

    /** The runtime has its caches reserved; {@link #start} hands it to the loop's thread, which closes it at the end. */
    public SchedulerLoop(LoopSetup setup) {
        this.setup = setup;
        this.accounts = new LoopAccounts(setup.scheduler().config().maxQueuedSequences());
        this.counters = new LoopCounters(setup.metrics());
        this.scheduler = new Scheduler(setup.scheduler(), counters);
        this.requests = scheduler.requests();
        scheduler.prefixContents().ifPresent(contents -> contents.listen(journal));
        this.mailbox = new ArrayBlockingQueue<>(2 * setup.scheduler().config().maxQueuedSequences() + 1);
        this.driver = new StepDriver(setup, scheduler, accounts, counters);
        this.work = new LoopWork(scheduler, accounts);
        this.thread = setup.threads().newThread(this::run);
    }

    public void start() {
        thread.start();
    }

    /** A request without an adapter. */
    public Generation submit(GenerationRequest request) {
        return submit(request, AdapterLease.NONE);
    }

    /**
     * Takes a request, and releases its hold on an adapter when it has ended or is refused.
     *
     * @throws ForetokenException what {@link RequestCheck#check} throws, QUEUE_FULL, SHARE_FULL, DRAINING, RUNTIME_FAILED
     */
    public Generation submit(GenerationRequest request, AdapterLease adapter) {
        try {
            return accept(request, adapter);
        } catch (RuntimeException e) {
            adapter.release().run();
            throw e;
        }
    }

    private Generation accept(GenerationRequest request, AdapterLease adapter) {
        requests.check(request);
        phase.refuseUnlessServing();
        LoopGeneration generation = new LoopGeneration(
                request,
                adapter,
                requests.maxNewTokens(request),
                setup.clock().getAsLong(),
                accounts,
                this::cancelRequested);
        accounts.accept(generation);
        Message.Submit message = new Message.Submit(generation);
        if (!mailbox.offer(message)) {
            accounts.withdraw(generation);
            throw accounts.full(generation);
        }
        if (phase.get() == LoopPhase.ENDED && mailbox.remove(message)) {
            accounts.withdraw(generation);
            phase.refuseUnlessServing();
        }
        return generation;
    }

    /**
     * Has the runtime do a command between steps and waits for it.
     *
     * @throws ForetokenException what the runtime throws, QUEUE_FULL, DRAINING, RUNTIME_FAILED
     */
    public void apply(CacheCommand command, Duration patience) {
        CompletableFuture<Boolean> done = ask(() -> {
            setup.runtime().apply(command);
            return true;
        });
        try {
            done.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ForetokenException known
                    ? known
                    : new ForetokenException(ErrorCode.RUNTIME_FAILED, "the runtime failed at a command", e);
        } catch (TimeoutException e) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "this model is busy with one step for too long", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the wait for the model was interrupted", e);
        }
    }

    /** Has the loop's thread say something between steps. What it cannot take, or throws, is the answer's exception. */
    private <T> CompletableFuture<T> ask(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Message.Ask<T> message = new Message.Ask<>(work, answer);
        if (!mailbox.offer(message)) {
            answer.completeExceptionally(
                    new ForetokenException(ErrorCode.QUEUE_FULL, "this model has too much to do; try again later"));
        }
        if (phase.get() == LoopPhase.ENDED && mailbox.remove(message)) {
            answer.completeExceptionally(
                    new ForetokenException(ErrorCode.DRAINING, "this model is being unloaded; try another replica"));
        }
        return answer;
    }

    /** What the prefix cache holds, for one reader; empty where nothing is found again. */
    public Optional<PrefixFeed> followPrefixes() {
        return scheduler
                .prefixContents()
                .map(contents -> new PrefixReader(
                        contents.shape(),
                        journal,
                        () -> ask(() -> journal.snapshot(contents)),
                        () -> phase.get() == LoopPhase.ENDED));
    }

    private void cancelRequested() {
        cancelsPending = true;
        wake();
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

    /** Sequences accepted that have not ended. */
    @Override
    public int live() {
        return accounts.live();
    }

    @Override
    public long lastAccepted() {
        return accounts.lastAccepted();
    }

    /** Sequences accepted that are not in the running set. */
    @Override
    public int waiting() {
        return Math.max(0, accounts.live() - running);
    }

    @Override
    public int running() {
        return running;
    }

    /** Referenced blocks of the base part's first kind. */
    public int usedBlocks() {
        return usedBlocks;
    }

    /** What is to be computed of prompts, as of a few milliseconds ago. */
    public PromptWork work() {
        return work.work();
    }

    /** What computing prompts costs, as of a few milliseconds ago. */
    public PrefillCost cost() {
        return work.cost();
    }

    /** Whether prompts can be predicted. */
    public boolean predicts() {
        return requests.predicts();
    }

    /** Copies of recurrent states that are held. */
    public int checkpoints() {
        return checkpoints;
    }

    /** Units of the base part's first kind. */
    public int totalBlocks() {
        return scheduler.pools().get(0).pool().units();
    }

    @Override
    public LoadCounters counters() {
        return counters.snapshot();
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

    private void turn() throws InterruptedException {
        try {
            takeMail();
            takeCancels();
            boolean worked = phase.get() != LoopPhase.BROKEN && driver.advance();
            publish(!worked);
            if (!worked) {
                waitForMail();
            } else if (driver.failedInARow() >= setup.scheduler().config().maxFailedSteps()) {
                giveUp("steps failed one after the other");
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Logger.Level.ERROR, "The scheduler failed; the variant is given up", e);
            giveUp("internal error");
        }
    }

    private void takeMail() {
        for (Message message = mailbox.poll(); message != null; message = mailbox.poll()) {
            take(message);
        }
    }

    private void waitForMail() throws InterruptedException {
        Message message =
                isFinished() || cancelsPending ? null : mailbox.poll(IDLE_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        if (message != null) {
            take(message);
        }
    }

    private void take(Message message) {
        switch (message) {
            case Message.Wake w -> {}
            case Message.Submit submit -> take(submit.generation());
            case Message.Ask<?> ask -> answer(ask);
        }
    }

    private static <T> void answer(Message.Ask<T> message) {
        try {
            message.answer().complete(message.work().get());
        } catch (RuntimeException e) {
            message.answer().completeExceptionally(e);
        }
    }

    /** A request that the scheduler cannot take must not harm those that it has. */
    private void take(LoopGeneration generation) {
        if (phase.get() == LoopPhase.BROKEN) {
            generation.failRest(ErrorCode.RUNTIME_FAILED, "this model failed repeatedly");
            return;
        }
        try {
            generation.group =
                    scheduler.submit(generation.request, generation.adapter.use(), generation.submittedAt, generation);
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "A request could not be scheduled", e);
            generation.failRest(ErrorCode.INTERNAL_ERROR, "the request could not be scheduled");
            return;
        }
        generations.add(generation);
        if (generation.isAnyCancelled()) {
            // Set, never computed from itself: a reader may set it for another request in between.
            cancelsPending = true;
        }
    }

    private void takeCancels() {
        if (!cancelsPending) {
            return;
        }
        cancelsPending = false;
        long now = setup.clock().getAsLong();
        for (int i = 0; i < generations.size(); i++) {
            LoopGeneration generation = generations.get(i);
            for (int choice = 0; choice < generation.request.choices(); choice++) {
                if (generation.group != null && generation.isCancelled(choice)) {
                    scheduler.cancel(generation.group, choice, now);
                }
            }
        }
    }

    private void publish(boolean idle) {
        work.publish(setup.clock().getAsLong(), idle);
        running = scheduler.running();
        usedBlocks = scheduler.pools().get(0).pool().referenced();
        checkpoints = scheduler.pools().checkpoints().held();
        if (generations.size() > 2 * scheduler.groups() + 16) {
            generations.removeIf(g -> g.group == null || g.group.isDone());
        }
    }

    private void giveUp(String reason) {
        phase.giveUp();
        driver.abandon();
        failEverything(ErrorCode.RUNTIME_FAILED, "this model was given up: " + reason);
        running = 0;
    }

    /** Also when the scheduler is what failed: then the generations are told directly. */
    private void failEverything(ErrorCode code, String detail) {
        try {
            scheduler.failAll(code, detail);
        } catch (RuntimeException e) {
            LOG.log(Logger.Level.ERROR, "The scheduler could not fail its sequences", e);
        }
        generations.forEach(g -> g.failRest(code, detail));
        generations.clear();
        for (Message message = mailbox.poll(); message != null; message = mailbox.poll()) {
            switch (message) {
                case Message.Submit submit -> submit.generation().failRest(code, detail);
                case Message.Ask<?> ask -> ask.answer().completeExceptionally(new ForetokenException(code, detail));
                case Message.Wake w -> {}
            }
        }
    }

    private void end() {
        try {
            driver.abandon();
            failEverything(ErrorCode.DRAINING, "this model stops; try another replica");
        } finally {
            phase.end();
            failEverything(ErrorCode.DRAINING, "this model stops; try another replica");
            running = 0;
            usedBlocks = 0;
            checkpoints = 0;
            scheduler.close();
            setup.runtime().close();
            phase.close();
        }
    }
}
