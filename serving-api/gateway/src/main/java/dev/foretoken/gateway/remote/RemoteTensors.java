package dev.foretoken.gateway.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.wire.pod.v1.DescribeRequest;
import dev.foretoken.wire.pod.v1.Described;
import dev.foretoken.wire.pod.v1.PodEngineGrpc.PodEngineBlockingV2Stub;
import dev.foretoken.wire.pod.v1.RunAnswer;
import dev.foretoken.wire.pod.v1.TensorHead;
import dev.foretoken.wire.pod.v1.TensorPiece;
import dev.foretoken.wire.tensor.PieceCollector;
import dev.foretoken.wire.tensor.PieceCutter;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs of graphs in a pod: one call for each, on its caller's thread. */
final class RemoteTensors implements TensorEngine {

    private static final Logger LOG = Logger.getLogger(RemoteTensors.class);
    /** Outputs of one run. */
    private static final long MOST_BYTES = 1L << 30;

    private final RemoteConfig config;
    private final PodEngineBlockingV2Stub stub;

    RemoteTensors(RemoteConfig config, PodEngineBlockingV2Stub stub) {
        this.config = config;
        this.stub = stub;
    }

    @Override
    public TensorSignature signature(String model) {
        try {
            Described described = stub.withDeadlineAfter(config.submitTimeout().toNanos(), TimeUnit.NANOSECONDS)
                    .describe(DescribeRequest.newBuilder().setModel(model).build());
            if (described.hasRefused()) {
                throw RemoteGeneration.decode(described.getRefused());
            }
            return RunCodec.signature(described.getSignature());
        } catch (StatusException e) {
            throw lost(ErrorCode.REPLICA_UNAVAILABLE, "did not say what the model takes", e);
        }
    }

    @Override
    public TensorAnswer infer(TensorRequest request) {
        BlockingClientCall<TensorPiece, TensorPiece> call = stub.infer();
        try {
            send(request, call);
            return receive(call);
        } catch (StatusException e) {
            throw lost(ErrorCode.REPLICA_LOST, "was lost during the request; send it again", e);
        } catch (TimeoutException e) {
            throw lost(ErrorCode.REPLICA_LOST, "has sent nothing for too long; send the request again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the request was cancelled", e);
        } catch (IllegalArgumentException e) {
            throw lost(ErrorCode.INTERNAL_ERROR, "sent an answer that this gateway does not know", e);
        } finally {
            call.cancel("over", null); // of a call that has ended nothing is left to cancel
        }
    }

    /** Until everything is sent, or the pod has heard enough and says why. */
    private void send(TensorRequest request, BlockingClientCall<TensorPiece, TensorPiece> call)
            throws StatusException, TimeoutException, InterruptedException {
        Iterator<TensorPiece> pieces =
                new PieceCutter(request.inputs().stream().map(Tensor::data).toList());
        boolean open = send(
                call, TensorPiece.newBuilder().setRun(RunCodec.head(request)).build());
        while (open && pieces.hasNext()) {
            open = send(call, pieces.next());
        }
        if (open) {
            call.halfClose();
        }
    }

    private boolean send(BlockingClientCall<TensorPiece, TensorPiece> call, TensorPiece piece)
            throws StatusException, TimeoutException, InterruptedException {
        return call.write(piece, config.submitTimeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    private TensorAnswer receive(BlockingClientCall<TensorPiece, TensorPiece> call)
            throws StatusException, TimeoutException, InterruptedException {
        RunAnswer answer = RunAnswer.getDefaultInstance();
        @Nullable PieceCollector outputs = null;
        while (outputs == null || !outputs.isComplete()) {
            TensorPiece piece = call.read(config.stallTimeout().toNanos(), TimeUnit.NANOSECONDS);
            if (piece == null) {
                throw lost(ErrorCode.REPLICA_LOST, "ended the request without an answer", null);
            }
            switch (piece.getPieceCase()) {
                case REFUSED -> throw RemoteGeneration.decode(piece.getRefused());
                case ANSWER -> {
                    answer = piece.getAnswer();
                    outputs = collector(answer);
                }
                case DATA -> {
                    if (outputs != null) {
                        outputs.add(piece.getData());
                    }
                }
                case RUN, PIECE_NOT_SET -> throw new IllegalArgumentException("the piece is no part of an answer");
            }
        }
        return RunCodec.answer(answer, outputs.data());
    }

    private static PieceCollector collector(RunAnswer answer) {
        return new PieceCollector(
                answer.getOutputsList().stream().map(TensorHead::getBytes).toList(), MOST_BYTES);
    }

    /** Callers read the message, so the pod's address goes to the log alone. */
    private ForetokenException lost(ErrorCode code, String what, @Nullable Throwable cause) {
        LOG.warnf("runtime pod %s %s: %s", config.address(), what, cause);
        ErrorCode honest = cause instanceof StatusException e && e.getStatus().getCode() == Status.Code.UNAVAILABLE
                ? ErrorCode.REPLICA_UNAVAILABLE
                : code;
        return new ForetokenException(honest, "the runtime pod of this model " + what);
    }
}
