package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ModelShape;

/**
 * What a decoder takes and can do, told without a session.
 *
 * @param workBytes that its caches take beside those of sequences
 */
public record DecoderSize(ModelShape shape, Capabilities capabilities, long workBytes) {}
