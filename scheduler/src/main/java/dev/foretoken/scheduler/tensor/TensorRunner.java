package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import java.lang.System.Logger;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Runs requests that have begun and answers each. When several fail together, each is run alone: what is wrong with one harms no other. Loop
 * thread only.
 */
final class TensorRunner {

    private static final Logger LOG = System.getLogger(TensorRunner.class.getName());
    /** Joined runs in a row that failed although each of their requests could be answered: the graph cannot be joined. */
    private static final int FAILED_JOINS = 3;

    private final TensorRuntime runtime;
    private final JoinRules rules;
    private final TensorSessions sessions;
    private final RunCost cost;
    private final AnswerSize answers;
    private final TensorObserver observer;
    private final LongSupplier clock;
    private final DeviceArbiter arbiter;
    private final BooleanSupplier stops;
    private final ScratchMemory scratch = new ScratchMemory();
    private int failedJoins;
    private volatile LoadCounters counters = LoadCounters.ZERO;

    /** {@code stops}: whether runs that can end early must. */
    TensorRunner(
            TensorLoop.Setup setup, JoinRules rules, TensorSessions sessions, RunCost cost, BooleanSupplier stops) {
        this.runtime = setup.runtime();
        this.rules = rules;
        this.sessions = sessions;
        this.cost = cost;
        this.answers = new AnswerSize(runtime.signature(), rules, setup.config().maxAnswerBytes());
        this.observer = setup.metrics();
        this.clock = setup.clock();
        this.arbiter = setup.arbiter();
        this.stops = stops;
    }

    /** Runs so far, and the time they took: a caller that has its answer finds its run counted. Any thread may ask. */
    LoadCounters counters() {
        return counters;
    }

    /** Whether requests may run together. */
    boolean joins() {
        return failedJoins < FAILED_JOINS;
    }

    void run(List<TensorCall> calls) {
        long begin = clock.getAsLong();
        if (calls.size() > 1) {
            joined(calls, begin);
        } else {
            alone(calls.getFirst(), begin);
        }
    }

    private RunTurns turns(List<TensorCall> calls) {
        return new RunTurns(calls, arbiter, clock, answers, stops);
    }

    private void joined(List<TensorCall> calls, long begin) {
        RunTurns turns = turns(calls);
        JoinedRun run =
                new JoinedRun(rules, calls.stream().map(call -> call.work).toList());
        List<List<Tensor>> split;
        long nanos;
        try {
            List<Tensor> inputs = run.inputs(runtime.signature().inputs(), scratch);
            List<Tensor> outputs = runtime.run(inputs, run.outputs(), turns);
            nanos = ran(run.rows(), run.tokens(), run.padding(), begin + turns.waited());
            answers.check(outputs);
            split = run.split(outputs);
        } catch (RuntimeException | Error e) {
            if (mayBeOfOne(e)) {
                LOG.log(Logger.Level.DEBUG, "A run of " + calls.size() + " requests failed; each is run alone", e);
                separately(calls, e);
            } else {
                calls.forEach(call -> fail(call, e));
            }
            return;
        }
        failedJoins = 0;
        for (int i = 0; i < calls.size(); i++) {
            if (!calls.get(i).isEnded()) {
                answer(calls.get(i), split.get(i), begin, nanos, calls.size());
            }
        }
    }

    /** Without one of the requests the others may run; what the machine lacks, or an error of the JVM, is nobody's. */
    private static boolean mayBeOfOne(Throwable e) {
        return switch (e) {
            case ForetokenException known ->
                known.code() == ErrorCode.RUNTIME_FAILED || known.code().kind() == ErrorKind.CALLER;
            default -> e instanceof RuntimeException;
        };
    }

    private void separately(List<TensorCall> calls, Throwable cause) {
        int answered = 0;
        for (TensorCall call : calls.stream().filter(call -> !call.isEnded()).toList()) {
            answered += alone(call, clock.getAsLong()) ? 1 : 0;
        }
        boolean tooLarge = cause instanceof ForetokenException known && known.code() == ErrorCode.PAYLOAD_TOO_LARGE;
        if (answered < calls.size() || tooLarge) {
            failedJoins = 0;
        } else if (++failedJoins == FAILED_JOINS) {
            LOG.log(
                    Logger.Level.WARNING,
                    "Requests of this graph fail together and not alone: they are not joined any more",
                    cause);
        }
    }

    /** Returns whether it was answered. */
    private boolean alone(TensorCall call, long begin) {
        RunTurns turns = turns(List.of(call));
        try {
            List<Tensor> outputs = call.sessionKey == null
                    ? runtime.run(call.work.inputs(), call.work.outputs(), turns)
                    : sessions.run(call, begin);
            long nanos = ran(call.work.rows(), call.work.tokens(), 0, begin + turns.waited());
            answers.check(outputs);
            List<Tensor> own = OwnOutputs.copy(outputs, call.work.outputs());
            if (call.sessionKey != null) {
                sessions.done(call, clock.getAsLong());
            }
            answer(call, own, begin, nanos, 1);
            return true;
        } catch (RuntimeException | Error e) {
            if (call.sessionKey != null) {
                sessions.failed(call.sessionKey);
            }
            fail(call, e);
            return false;
        }
    }

    /** {@code begin}: later by what the run waited. */
    private long ran(long rows, long tokens, double padding, long begin) {
        long nanos = clock.getAsLong() - begin;
        cost.add(tokens, nanos);
        LoadCounters before = counters;
        counters = new LoadCounters(0, 0, 0, 0, 0, before.steps() + 1, before.stepNanos() + nanos);
        observer.ran(rows, padding, nanos);
        return nanos;
    }

    private void answer(TensorCall call, List<Tensor> outputs, long begin, long nanos, int joined) {
        long queued = begin - call.submittedAt;
        observer.answered(call.work.rows(), queued);
        call.succeed(new TensorAnswer(outputs, new TensorAnswer.Timings(queued, nanos, joined)));
    }

    private static void fail(TensorCall call, Throwable cause) {
        if (cause instanceof ForetokenException known) {
            call.fail(known);
        } else {
            LOG.log(Logger.Level.ERROR, "A run of one request failed", cause);
            call.fail(new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "the runtime failed at this request; it may work again", cause));
        }
    }

    void close() {
        sessions.closeAll();
        scratch.close();
    }
}
