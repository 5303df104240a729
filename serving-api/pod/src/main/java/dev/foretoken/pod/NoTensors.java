package dev.foretoken.pod;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.runtime.TensorSignature;

/** For an engine that runs no graphs. */
final class NoTensors implements TensorEngine {

    @Override
    public TensorSignature signature(String model) {
        throw refusal();
    }

    @Override
    public TensorAnswer infer(TensorRequest request) {
        throw refusal();
    }

    private static ForetokenException refusal() {
        return new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE, "this runtime pod generates tokens and runs no graphs of tensors");
    }
}
