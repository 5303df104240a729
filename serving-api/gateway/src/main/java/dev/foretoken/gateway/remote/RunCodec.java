package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.wire.pod.v1.Port;
import dev.foretoken.wire.pod.v1.Ragged;
import dev.foretoken.wire.pod.v1.RunAnswer;
import dev.foretoken.wire.pod.v1.RunHead;
import dev.foretoken.wire.pod.v1.Session;
import dev.foretoken.wire.pod.v1.Signature;
import dev.foretoken.wire.pod.v1.TensorHead;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Between the contract's records and the messages of runs, as the gateway needs them. */
final class RunCodec {

    private RunCodec() {}

    static RunHead head(TensorRequest request) {
        RunHead.Builder message = RunHead.newBuilder()
                .setRequestId(request.identity().requestId())
                .setTenant(request.identity().tenant())
                .setModel(request.model())
                .setService(SubmissionEncoder.service(request.service()))
                .addAllOutputs(request.outputs());
        request.inputs()
                .forEach(input -> message.addInputs(TensorHead.newBuilder()
                        .setName(input.name())
                        .setType(input.type().ordinal())
                        .addAllShape(input.shape())
                        .setBytes(input.data().byteSize())));
        request.session()
                .ifPresent(use -> message.setSession(Session.newBuilder()
                        .setId(use.id())
                        .setStart(use.start())
                        .setEnd(use.end())));
        return message.build();
    }

    /** {@code data}: of the outputs, in order. */
    static TensorAnswer answer(RunAnswer message, List<MemorySegment> data) {
        List<Tensor> outputs = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            TensorHead output = message.getOutputs(i);
            outputs.add(new Tensor(output.getName(), type(output.getType()), output.getShapeList(), data.get(i)));
        }
        return new TensorAnswer(
                outputs, new TensorAnswer.Timings(message.getQueueNanos(), message.getRunNanos(), message.getJoined()));
    }

    static TensorSignature signature(Signature message) {
        Optional<RaggedAxis> ragged = message.hasRagged() ? Optional.of(ragged(message.getRagged())) : Optional.empty();
        return new TensorSignature(
                message.getInputsList().stream().map(RunCodec::spec).toList(),
                message.getOutputsList().stream().map(RunCodec::spec).toList(),
                message.getBatchAxis(),
                ragged,
                message.getLabelsList());
    }

    private static TensorSpec spec(Port port) {
        return new TensorSpec(port.getName(), type(port.getType()), port.getShapeList());
    }

    private static RaggedAxis ragged(Ragged message) {
        return new RaggedAxis(
                message.getAxis(), message.getMost(), message.getPaddingMap(), Set.copyOf(message.getTrimmedList()));
    }

    private static ElementType type(int ordinal) {
        ElementType[] types = ElementType.values();
        if (ordinal < 0 || ordinal >= types.length) {
            throw new IllegalArgumentException("element type " + ordinal + " is unknown");
        }
        return types[ordinal];
    }
}
