package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.List;

/** Makes runtimes of loaded decoders. */
public final class DecoderRuntimes {

    private DecoderRuntimes() {}

    /**
     * Takes the session over; when it throws, the session is closed.
     *
     * @param compute what the session computes with
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED for inputs that are not known, naming them; CONFIG_INVALID where nothing
     *     says how long a sequence may be
     */
    public static DecoderRuntime open(
            GraphSession session, DecoderFacts facts, RuntimeOptions options, ComputeInfo compute) {
        try {
            DecoderPorts ports = PortReader.read(session.inputs(), session.outputs(), facts.names());
            return new DecoderRuntime(session, DecoderShape.of(ports, facts, options), compute);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /**
     * What {@link #open} would give.
     *
     * @param inputs as the graph's file tells them
     * @throws dev.foretoken.contract.ForetokenException as {@link #open}
     */
    public static DecoderSize size(
            List<GraphPort> inputs, List<GraphPort> outputs, DecoderFacts facts, RuntimeOptions options) {
        DecoderShape shape = DecoderShape.of(PortReader.read(inputs, outputs, facts.names()), facts, options);
        return new DecoderSize(shape.model(), shape.capabilities(), shape.workBytes());
    }
}
