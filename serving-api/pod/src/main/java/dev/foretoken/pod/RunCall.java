package dev.foretoken.pod;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.wire.pod.v1.RunHead;
import dev.foretoken.wire.pod.v1.TensorHead;
import dev.foretoken.wire.pod.v1.TensorPiece;
import dev.foretoken.wire.stream.ReadyStream;
import dev.foretoken.wire.tensor.PieceCollector;
import dev.foretoken.wire.tensor.PieceCutter;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run for a gateway: collects its inputs, asks the engine on a thread of its own, says meanwhile that it is alive, sends the outputs. gRPC
 * calls the observer methods one at a time; {@link #abandon} may come from another thread.
 */
final class RunCall implements StreamObserver<TensorPiece> {

    private static final Logger LOG = System.getLogger(RunCall.class.getName());
    /** Inputs of one run; what the model takes may be less. */
    private static final long MOST_BYTES = 1L << 30;

    private static final TensorPiece ALIVE =
            TensorPiece.newBuilder().setData(ByteString.EMPTY).build();

    private final TensorEngine engine;
    private final Duration heartbeat;
    private final ReadyStream<TensorPiece> answers;
    private final Executor threads;
    private @Nullable RunHead head;
    private @Nullable PieceCollector inputs;
    private boolean over;
    private volatile boolean abandoned;
    private volatile @Nullable FutureTask<TensorAnswer> task;

    RunCall(TensorEngine engine, Duration heartbeat, ReadyStream<TensorPiece> answers, Executor threads) {
        this.engine = engine;
        this.heartbeat = heartbeat;
        this.answers = answers;
        this.threads = threads;
    }

    @Override
    public void onNext(TensorPiece piece) {
        if (over) {
            return;
        }
        try {
            take(piece);
        } catch (IllegalArgumentException e) {
            over = true;
            refuse(new ForetokenException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e));
        }
    }

    private void take(TensorPiece piece) {
        PieceCollector collector = inputs;
        switch (piece.getPieceCase()) {
            case RUN -> {
                if (collector != null) {
                    throw new IllegalArgumentException("a call is for one run");
                }
                head = piece.getRun();
                collector = new PieceCollector(
                        head.getInputsList().stream().map(TensorHead::getBytes).toList(), MOST_BYTES);
                inputs = collector;
            }
            case DATA -> {
                if (collector == null) {
                    throw new IllegalArgumentException("the data of a run came before its head");
                }
                collector.add(piece.getData());
            }
            case ANSWER, REFUSED, PIECE_NOT_SET -> throw new IllegalArgumentException("the piece is no part of a run");
        }
        RunHead asked = head;
        if (asked != null && collector.isComplete()) {
            over = true;
            begin(asked, collector);
        }
    }

    private void begin(RunHead asked, PieceCollector collected) {
        FutureTask<TensorAnswer> running =
                new FutureTask<>(() -> engine.infer(TensorCodec.request(asked, collected.data())));
        task = running;
        if (abandoned) {
            running.cancel(true);
        }
        threads.execute(running);
        threads.execute(() -> pump(running));
    }

    private void pump(FutureTask<TensorAnswer> running) {
        try {
            TensorAnswer answer = await(running);
            if (answer != null) {
                send(answer);
                answers.complete();
            }
        } catch (ExecutionException e) {
            refuse(known(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CancellationException e) {
            LOG.log(Logger.Level.DEBUG, "A run was cancelled by its gateway", e);
        } finally {
            running.cancel(true);
        }
    }

    /** Null when the gateway is gone. */
    private @Nullable TensorAnswer await(FutureTask<TensorAnswer> running)
            throws ExecutionException, InterruptedException {
        do {
            try {
                return running.get(heartbeat.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // Not there yet: the gateway is told that this pod is.
            }
        } while (answers.send(ALIVE));
        return null;
    }

    private void send(TensorAnswer answer) throws InterruptedException {
        boolean open = answers.send(
                TensorPiece.newBuilder().setAnswer(TensorCodec.answer(answer)).build());
        Iterator<TensorPiece> pieces = new PieceCutter(
                answer.outputs().stream().map(output -> output.data()).toList());
        while (open && pieces.hasNext()) {
            open = answers.send(pieces.next());
        }
    }

    private static ForetokenException known(@Nullable Throwable cause) {
        if (cause instanceof ForetokenException known) {
            return known;
        }
        if (cause instanceof IllegalArgumentException e) {
            return new ForetokenException(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
        }
        LOG.log(Logger.Level.ERROR, "A run failed", cause);
        return new ForetokenException(ErrorCode.INTERNAL_ERROR, "the runtime pod could not run the request");
    }

    private void refuse(ForetokenException e) {
        try {
            answers.send(TensorPiece.newBuilder().setRefused(Refusals.encode(e)).build());
            answers.complete();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The gateway is gone: what was not begun is not run. */
    void abandon() {
        abandoned = true;
        FutureTask<TensorAnswer> running = task;
        if (running != null) {
            running.cancel(true);
        }
        answers.wake();
    }

    @Override
    public void onError(Throwable cause) {
        abandon();
    }

    @Override
    public void onCompleted() {
        // The gateway has sent everything; the answer goes on.
    }
}
