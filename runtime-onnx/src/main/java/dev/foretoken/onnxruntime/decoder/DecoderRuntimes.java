package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.onnxruntime.session.GraphSession;

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
            DecoderPorts ports = PortReader.read(session, facts.names());
            return new DecoderRuntime(session, DecoderShape.of(ports, facts, options), compute);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }
}
