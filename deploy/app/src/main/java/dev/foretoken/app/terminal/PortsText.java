package dev.foretoken.app.terminal;

import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import java.util.List;
import java.util.stream.Collectors;

/** A graph's inputs and outputs in a line: {@code x FP32 [-1,4] -> y FP32 [-1,2]}. */
public final class PortsText {

    private static final int MOST = 4;

    private PortsText() {}

    public static String of(TensorSignature signature) {
        return ports(signature.inputs()) + " -> " + ports(signature.outputs());
    }

    private static String ports(List<TensorSpec> specs) {
        String some = specs.stream()
                .limit(MOST)
                .map(spec -> PlainText.of(spec.name()) + " " + spec.type() + " " + shape(spec.shape()))
                .collect(Collectors.joining(", "));
        return specs.size() <= MOST ? some : some + " and " + (specs.size() - MOST) + " more";
    }

    /** {@code [-1,4]}; -1: any size. */
    public static String shape(List<Long> sizes) {
        return sizes.toString().replace(" ", "");
    }
}
