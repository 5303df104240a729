package dev.foretoken.pod;

import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.wire.pod.v1.Port;
import dev.foretoken.wire.pod.v1.Ragged;
import dev.foretoken.wire.pod.v1.RunAnswer;
import dev.foretoken.wire.pod.v1.RunHead;
import dev.foretoken.wire.pod.v1.Signature;
import dev.foretoken.wire.pod.v1.TensorHead;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Between the messages of runs and the contract's records, as the pod needs them. Values out of range are {@link IllegalArgumentException}s. */
final class TensorCodec {

    private TensorCodec() {}

    /** {@code data}: of the inputs, in order. */
    static TensorRequest request(RunHead head, List<MemorySegment> data) {
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            TensorHead input = head.getInputs(i);
            inputs.add(new Tensor(input.getName(), type(input.getType()), input.getShapeList(), data.get(i)));
        }
        Optional<SessionUse> session = head.hasSession()
                ? Optional.of(new SessionUse(
                        head.getSession().getId(),
                        head.getSession().getStart(),
                        head.getSession().getEnd()))
                : Optional.empty();
        return new TensorRequest(
                head.getModel(),
                new RequestIdentity(head.getRequestId(), head.getTenant(), ""),
                SubmissionDecoder.service(head.getService()),
                inputs,
                head.getOutputsList(),
                session);
    }

    private static ElementType type(int ordinal) {
        return SubmissionDecoder.constant(ElementType.values(), ordinal, "element type");
    }

    static RunAnswer answer(TensorAnswer answer) {
        RunAnswer.Builder message = RunAnswer.newBuilder()
                .setQueueNanos(answer.timings().queueNanos())
                .setRunNanos(answer.timings().runNanos())
                .setJoined(answer.timings().joined());
        answer.outputs()
                .forEach(output -> message.addOutputs(TensorHead.newBuilder()
                        .setName(output.name())
                        .setType(output.type().ordinal())
                        .addAllShape(output.shape())
                        .setBytes(output.data().byteSize())));
        return message.build();
    }

    static Signature signature(TensorSignature signature) {
        Signature.Builder message =
                Signature.newBuilder().setBatchAxis(signature.batchAxis()).addAllLabels(signature.labels());
        signature.inputs().forEach(spec -> message.addInputs(port(spec)));
        signature.outputs().forEach(spec -> message.addOutputs(port(spec)));
        signature.ragged().ifPresent(ragged -> message.setRagged(ragged(ragged)));
        return message.build();
    }

    private static Port port(TensorSpec spec) {
        return Port.newBuilder()
                .setName(spec.name())
                .setType(spec.type().ordinal())
                .addAllShape(spec.shape())
                .build();
    }

    private static Ragged ragged(RaggedAxis ragged) {
        return Ragged.newBuilder()
                .setAxis(ragged.axis())
                .setMost(ragged.most())
                .putAllPadding(ragged.padding())
                .addAllTrimmed(ragged.trimmed())
                .build();
    }
}
